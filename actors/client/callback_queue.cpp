#include "actors/client/callback_queue.hpp"

#include <algorithm>

namespace trivium {

callback_queue::callback_queue() : thread_([this] { run(); }) {}

callback_queue::~callback_queue() { stop(); }

void callback_queue::stop() {
  {
    const std::lock_guard hold{mutex_};
    is_stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable())
    thread_.join();
}

void callback_queue::admit(uint64_t owner) {
  const std::lock_guard hold{mutex_};
  owners_.insert(owner);
}

void callback_queue::push(uint64_t owner, std::function<void()> callback) {
  {
    const std::lock_guard hold{mutex_};
    if (is_stopping_ || (owner != 0 && !owners_.contains(owner)))
      return;
    waiting_.emplace_back(owner, std::move(callback));
  }
  changed_.notify_all();
}

void callback_queue::forget(uint64_t owner) {
  std::unique_lock hold{mutex_};
  owners_.erase(owner);
  std::erase_if(waiting_,
                [&](const auto& entry) { return entry.first == owner; });
  if (std::this_thread::get_id() == thread_.get_id())
    return;
  changed_.wait(hold, [&] { return running_ != owner; });
}

void callback_queue::run() {
  std::unique_lock hold{mutex_};
  for (;;) {
    changed_.wait(hold, [&] { return is_stopping_ || !waiting_.empty(); });
    if (is_stopping_)
      return;
    auto [owner, callback] = std::move(waiting_.front());
    waiting_.pop_front();
    running_ = owner;
    hold.unlock();
    callback();
    callback = nullptr;
    hold.lock();
    running_ = 0;
    changed_.notify_all();
  }
}

} // namespace trivium

#include "actors/gateway/grpc/door_queue.hpp"

#include <chrono>

namespace trivium::actors {

namespace {

thread_local const door_queue* served_here = nullptr;

} // namespace

void door_queue::serve() {
  served_here = this;
  void* tag = nullptr;
  bool is_done = false;
  while (queue_->Next(&tag, &is_done))
    static_cast<completion*>(tag)->completed(is_done);
  served_here = nullptr;
}

void door_queue::send(outgoing& one) {
  if (served_here == this)
    return one.depart();
  const std::lock_guard hold{mutex_};
  waiting_.push_back(&one);
  if (waiting_.size() == 1)
    alarm_.Set(queue_.get(), std::chrono::system_clock::time_point{},
               static_cast<completion*>(&woken_));
}

void door_queue::on_woken(bool) {
  {
    const std::lock_guard hold{mutex_};
    departing_.swap(waiting_);
  }
  for (auto* one : departing_)
    one->depart();
  departing_.clear();
}

} // namespace trivium::actors

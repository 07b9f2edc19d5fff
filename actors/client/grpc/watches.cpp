#include "actors/client/grpc/watches.hpp"

#include "messages/service/grpc_status.hpp"

#include <grpcpp/alarm.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/async_stream.h>

#include <charconv>
#include <optional>
#include <utility>

namespace trivium {

namespace {

using namespace std::chrono_literals;

constexpr auto shortest_delay = 5ms;
constexpr auto first_delay = 50ms;
constexpr auto longest_delay = 2s;

/// False for what would be refused again.
bool may_pass(const told_failure& failure) {
  return !failure.is_ours || failure.reason.code == ec::unavailable
         || failure.reason.code == ec::resource_exhausted
         || failure.reason.code == ec::internal;
}

/// Where a store that was restored goes on, below what was heard.
std::optional<revision> restored_head(const told_failure& failure) {
  const auto found = failure.metadata.find("current_revision");
  if (failure.reason.code != ec::invalid_argument
      || found == failure.metadata.end())
    return std::nullopt;
  revision head = 0;
  const auto& text = found->second;
  const auto read =
    std::from_chars(text.data(), text.data() + text.size(), head);
  return read.ec == std::errc{} ? std::optional{head} : std::nullopt;
}

} // namespace

/// At most one operation of it is on the queue; while its events are with the
/// listener there is none.
class grpc_watches::one : public std::enable_shared_from_this<one> {
public:
  one(registry_stub& stub, grpc::CompletionQueue& queue, uint64_t id,
      v1::WatchModelsRequest wanted, watch_listener listener)
    : stub_(stub), queue_(queue), id_(id), wanted_(std::move(wanted)),
      listener_(std::move(listener)),
      delay_(first_delay, longest_delay, system_random()) {}

  void start() {
    const std::lock_guard hold{mutex_};
    connect();
  }

  /// It leaves the queue soon.
  void stop() {
    const std::lock_guard hold{mutex_};
    if (std::exchange(is_stopped_, true))
      return;
    if (context_)
      context_->TryCancel();
    alarm_.Cancel();
    if (at_ == step::listening)
      finish();
  }

  [[nodiscard]] uint64_t id() const { return id_; }

  /// What was begun has ended; true: the watch has, too.
  bool completed(bool is_done) {
    std::unique_lock hold{mutex_};
    switch (at_) {
    case step::connecting:
    case step::reading:
      if (!is_done || is_stopped_)
        finish();
      else if (at_ == step::connecting)
        read();
      else
        take(hold);
      return is_over_;
    case step::pausing:
      if (is_stopped_)
        return true;
      connect();
      return false;
    default:
      after_end(hold);
      return is_over_;
    }
  }

private:
  enum class step { connecting, reading, listening, finishing, pausing };

  void connect() {
    if (is_stopped_) {
      is_over_ = true;
      return;
    }
    stream_.reset(); // it lies in the memory of its context's call
    context_ = std::make_unique<grpc::ClientContext>();
    context_->set_wait_for_ready(true);
    stream_ = stub_.PrepareAsyncWatch(context_.get(), wanted_, &queue_);
    at_ = step::connecting;
    stream_->StartCall(this);
  }

  void read() {
    at_ = step::reading;
    stream_->Read(&response_, this);
  }

  void finish() {
    at_ = step::finishing;
    stream_->Finish(&status_, this);
  }

  void take(std::unique_lock<std::mutex>& hold) {
    wanted_.set_from_revision(response_.revision() + 1);
    delay_.reset();
    const auto is_first = !std::exchange(has_begun_, true);
    std::vector<v1::Notice> notices;
    for (const auto& event : response_.events()) {
      v1::Notice notice;
      notice.set_watch(id_);
      *notice.mutable_event() = notice_of(event);
      notices.push_back(std::move(notice));
    }
    if (notices.empty())
      read();
    else
      at_ = step::listening;
    hold.unlock();
    if (is_first)
      listener_.begun({ec::none, {}});
    if (!notices.empty())
      listener_.heard(std::move(notices), [self = weak_from_this()] {
        if (const auto watch = self.lock())
          watch->go_on();
      });
    hold.lock();
  }

  void go_on() {
    const std::lock_guard hold{mutex_};
    if (at_ == step::listening)
      read();
  }

  void after_end(std::unique_lock<std::mutex>& hold) {
    if (is_stopped_) {
      is_over_ = true;
      return;
    }
    const auto failure = from_grpc(status_);
    if (const auto head = restored_head(failure)) {
      wanted_.set_from_revision(*head + 1);
      return connect();
    }
    // Nothing of ours said: the connection broke, or the node stops.
    if (may_pass(failure) && (has_begun_ || !failure.is_ours)) {
      at_ = step::pausing;
      alarm_.Set(&queue_,
                 std::chrono::system_clock::now() + delay_.next()
                   + shortest_delay,
                 this);
      return;
    }
    is_over_ = true;
    const auto tell = has_begun_ ? listener_.ended : listener_.begun;
    hold.unlock();
    if (tell)
      tell(failure.reason);
    hold.lock();
  }

  registry_stub& stub_;
  grpc::CompletionQueue& queue_;
  uint64_t id_;
  v1::WatchModelsRequest wanted_;
  watch_listener listener_;
  backoff delay_;
  std::mutex mutex_;
  step at_ = step::connecting;
  bool has_begun_ = false;
  bool is_stopped_ = false;
  bool is_over_ = false;
  std::unique_ptr<grpc::ClientContext> context_;
  std::unique_ptr<grpc::ClientAsyncReader<v1::WatchModelsResponse>> stream_;
  v1::WatchModelsResponse response_;
  grpc::Status status_;
  grpc::Alarm alarm_;
};

grpc_watches::~grpc_watches() {
  {
    const std::lock_guard hold{mutex_};
    is_stopping_ = true;
    for (const auto& [id, watch] : all_)
      watch->stop();
    if (all_.empty())
      queue_.Shutdown();
  }
  if (thread_.joinable())
    thread_.join();
}

void grpc_watches::begin(uint64_t id, v1::WatchModelsRequest wanted,
                         watch_listener listener) {
  const std::lock_guard hold{mutex_};
  if (!thread_.joinable())
    thread_ = std::thread{[this] { run(); }};
  const auto made = std::make_shared<one>(stub_, queue_, id, std::move(wanted),
                                          std::move(listener));
  all_.emplace(id, made);
  made->start();
}

void grpc_watches::end(uint64_t id) {
  const std::lock_guard hold{mutex_};
  if (const auto found = all_.find(id); found != all_.end())
    found->second->stop();
}

void grpc_watches::run() {
  void* tag = nullptr;
  auto is_done = false;
  while (queue_.Next(&tag, &is_done)) {
    auto& watch = *static_cast<one*>(tag);
    if (!watch.completed(is_done))
      continue;
    const std::lock_guard hold{mutex_};
    all_.erase(watch.id());
    if (is_stopping_ && all_.empty())
      queue_.Shutdown();
  }
}

} // namespace trivium

#pragma once

#include "actors/gateway/grpc/completion.hpp"

#include <grpcpp/alarm.h>
#include <grpcpp/completion_queue.h>

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace trivium::actors {

/// What begins an operation on a queue.
class outgoing {
public:
  virtual void depart() = 0;

protected:
  ~outgoing() = default;
};

/// A completion queue and the thread that serves it. What other threads have to
/// send leaves by that thread, all that waits at once: gRPC would wake it for
/// each operation that is begun elsewhere.
class door_queue {
public:
  explicit door_queue(std::unique_ptr<grpc::ServerCompletionQueue> queue)
    : queue_(std::move(queue)), woken_(*this, &door_queue::on_woken) {}

  door_queue(const door_queue&) = delete;
  door_queue& operator=(const door_queue&) = delete;

  [[nodiscard]] grpc::ServerCompletionQueue& completions() { return *queue_; }

  /// Hands out completions until the queue is shut down and empty.
  void serve();

  /// At once on the queue's thread, else soon, there. For any thread, ahead of
  /// the shutdown; `one` stays until it departed.
  void send(outgoing& one);

private:
  void on_woken(bool);

  std::unique_ptr<grpc::ServerCompletionQueue> queue_;
  std::mutex mutex_;
  std::vector<outgoing*> waiting_; ///< The alarm is set while any does.
  std::vector<outgoing*> departing_;
  grpc::Alarm alarm_;
  completion_of<door_queue> woken_;
};

} // namespace trivium::actors

#pragma once

#include "actors/gateway/grpc/call_limits.hpp"
#include "actors/gateway/grpc/completion.hpp"
#include "messages/values/envelope.hpp"

#include <grpcpp/completion_queue.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/async_stream.h>

#include <functional>
#include <memory>
#include <mutex>
#include <utility>

namespace trivium::actors {

/// A call with one request and a stream of responses, one under way at a time.
/// Lives until the client is gone and nobody holds it.
template <class Service, class Request, class Response>
class server_stream final : public std::enable_shared_from_this<
                              server_stream<Service, Request, Response>> {
public:
  using accept = void (Service::*)(grpc::ServerContext*, Request*,
                                   grpc::ServerAsyncWriter<Response>*,
                                   grpc::CompletionQueue*,
                                   grpc::ServerCompletionQueue*, void*);
  using pointer = std::shared_ptr<server_stream>;
  using handler = std::function<void(pointer)>;

  /// Takes calls of one method from the queue, for ever.
  static void listen(Service& service, accept how, call_limits& limits,
                     grpc::ServerCompletionQueue& queue, handler handle) {
    auto made = std::shared_ptr<server_stream>(
      new server_stream{service, how, limits, queue, std::move(handle)});
    auto& stream = *made;
    stream.self_ = std::move(made);
    stream.context_.AsyncNotifyWhenDone(
      static_cast<completion*>(&stream.ended_));
    (service.*how)(&stream.context_, &stream.request_, &stream.writer_, &queue,
                   &queue, static_cast<completion*>(&stream.accepted_));
  }

  ~server_stream() {
    if (is_counted_)
      limits_.leave();
  }

  [[nodiscard]] const Request& request() const { return request_; }
  [[nodiscard]] const grpc::ServerContext& context() const { return context_; }

  /// Who hears, on the queue's thread, that a response has left, and once that
  /// the client is gone. Set before the first `write`.
  void on_change(std::function<void()> written, std::function<void()> gone) {
    auto is_gone = false;
    {
      const std::lock_guard hold{mutex_};
      written_handler_ = std::move(written);
      gone_handler_ = std::move(gone);
      is_gone = is_over_;
    }
    if (is_gone)
      gone_handler_();
  }

  /// False while one is under way, or at the end.
  [[nodiscard]] bool write(const Response& response) {
    const std::lock_guard hold{mutex_};
    if (is_writing_ || is_over_ || is_finishing_)
      return false;
    is_writing_ = true;
    writer_.Write(response, static_cast<completion*>(&written_));
    return true;
  }

  /// Ends the stream, behind what is under way.
  void finish(const grpc::Status& status) {
    const std::lock_guard hold{mutex_};
    if (is_over_ || is_finishing_)
      return;
    is_finishing_ = true;
    end_ = status;
    if (!is_writing_)
      send_end();
  }

private:
  server_stream(Service& service, accept how, call_limits& limits,
                grpc::ServerCompletionQueue& queue, handler handle)
    : service_(service), accept_(how), limits_(limits), queue_(queue),
      handle_(std::move(handle)), writer_(&context_),
      accepted_(*this, &server_stream::on_accepted),
      written_(*this, &server_stream::on_written),
      finished_(*this, &server_stream::on_finished),
      ended_(*this, &server_stream::on_ended) {}

  void send_end() {
    is_writing_ = true;
    writer_.Finish(end_, static_cast<completion*>(&finished_));
  }

  void on_accepted(bool is_call) {
    if (!is_call)
      return self_.reset(); // the server stops
    listen(service_, accept_, limits_, queue_, handle_);
    is_counted_ = limits_.enter();
    if (!is_counted_)
      return finish({grpc::StatusCode::RESOURCE_EXHAUSTED,
                     "the node has too many calls at once"});
    handle_(this->shared_from_this());
  }

  void on_written(bool) {
    std::function<void()> tell;
    {
      const std::lock_guard hold{mutex_};
      is_writing_ = false;
      if (is_finishing_ && !is_over_)
        send_end();
      else if (!is_finishing_)
        tell = written_handler_;
    }
    if (tell)
      tell();
    let_go();
  }

  void on_finished(bool) {
    {
      const std::lock_guard hold{mutex_};
      is_writing_ = false;
    }
    let_go();
  }

  void on_ended(bool) {
    std::function<void()> tell;
    {
      const std::lock_guard hold{mutex_};
      is_over_ = true;
      tell = gone_handler_;
    }
    if (tell)
      tell();
    let_go();
  }

  /// Once nothing is under way any more.
  void let_go() {
    pointer last; // released behind the lock
    {
      const std::lock_guard hold{mutex_};
      if (is_over_ && !is_writing_)
        last = std::exchange(self_, nullptr);
    }
  }

  Service& service_;
  accept accept_;
  call_limits& limits_;
  grpc::ServerCompletionQueue& queue_;
  handler handle_;
  grpc::ServerContext context_;
  Request request_;
  grpc::ServerAsyncWriter<Response> writer_;
  bool is_counted_ = false;

  std::mutex mutex_; ///< Of what follows.
  std::function<void()> written_handler_;
  std::function<void()> gone_handler_;
  bool is_writing_ = false; ///< Or finishing.
  bool is_finishing_ = false;
  bool is_over_ = false;
  grpc::Status end_;
  pointer self_; ///< Until the end: the queue knows its address.

  completion_of<server_stream> accepted_;
  completion_of<server_stream> written_;
  completion_of<server_stream> finished_;
  completion_of<server_stream> ended_;
};

} // namespace trivium::actors

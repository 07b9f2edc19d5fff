#pragma once

#include "actors/gateway/grpc/call_limits.hpp"
#include "actors/gateway/grpc/completion.hpp"
#include "actors/gateway/grpc/door_queue.hpp"
#include "messages/service/grpc_status.hpp"
#include "messages/values/envelope.hpp"

#include <grpcpp/server_context.h>
#include <grpcpp/support/async_unary_call.h>

#include <atomic>
#include <cstdlib>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace trivium::actors {

/// One kind of call with one request and one response. Its calls are pooled:
/// requests, responses and their strings are used again, unless the environment
/// says TRIVIUM_UNPOOLED_CALLS (to measure what that saves).
template <class Service, class Request, class Response>
class unary_method {
  class slot;

public:
  /// A call that waits for its answer; copies stand for the same call. One that
  /// is dropped without an answer is told `unavailable`.
  class call {
  public:
    explicit call(slot* of) : of_(of, &slot::let_go) {}

    [[nodiscard]] const Request& request() const { return *of_->request; }
    /// To be filled in before `finish`.
    [[nodiscard]] Response& response() const { return *of_->response; }
    [[nodiscard]] const grpc::ServerContext& context() const {
      return *of_->context;
    }
    /// Set when the client goes away.
    [[nodiscard]] const cancel_token& cancel() const { return of_->cancel; }

    void finish() const { of_->finish(grpc::Status::OK); }
    void fail(const error& reason, const error_context& context = {}) const {
      of_->finish(to_grpc(reason, context));
    }

  private:
    std::shared_ptr<slot> of_;
  };

  using accept = void (Service::*)(grpc::ServerContext*, Request*,
                                   grpc::ServerAsyncResponseWriter<Response>*,
                                   grpc::CompletionQueue*,
                                   grpc::ServerCompletionQueue*, void*);
  using handler = std::function<void(call)>;

  unary_method(Service& service, accept how, call_limits& limits,
               handler handle)
    : service_(service), accept_(how), limits_(limits),
      handle_(std::move(handle)) {}

  unary_method(const unary_method&) = delete;
  unary_method& operator=(const unary_method&) = delete;

  /// Takes calls from the queue, which must be drained before this goes.
  void listen(door_queue& queue) {
    for (size_t i = 0; i < armed; ++i)
      free_slot()->arm(queue);
  }

private:
  /// Calls that may arrive at once without waiting for a place.
  static constexpr size_t armed = 8;
  /// Above this much a request or response is made anew for the next call.
  static constexpr size_t kept_bytes = 64 << 10;

  class slot final : outgoing {
  public:
    explicit slot(unary_method& method)
      : method_(method), accepted_(*this, &slot::on_accepted),
        finished_(*this, &slot::on_finished), ended_(*this, &slot::on_ended) {}

    void arm(door_queue& queue) {
      queue_ = &queue;
      context.emplace();
      writer_.emplace(&*context);
      cancel = {};
      is_answered_ = false;
      context->AsyncNotifyWhenDone(tag(ended_));
      auto* const completions = &queue.completions();
      (method_.service_.*method_.accept_)(&*context, request.get(), &*writer_,
                                          completions, completions,
                                          tag(accepted_));
    }

    void finish(const grpc::Status& status) {
      if (is_answered_.exchange(true))
        return;
      status_ = status;
      queue_->send(*this);
    }

    static void let_go(slot* of) {
      if (!of->is_answered_)
        of->finish(
          to_grpc({ec::unavailable, "the node dropped this call; try again"}));
      of->part_is_over();
    }

    std::unique_ptr<Request> request = std::make_unique<Request>();
    std::unique_ptr<Response> response = std::make_unique<Response>();
    std::optional<grpc::ServerContext> context;
    cancel_token cancel;

  private:
    static void* tag(completion& of) { return &of; }

    template <class Message>
    void renew(std::unique_ptr<Message>& message) const {
      if (!method_.is_pooled_ || message->SpaceUsedLong() > kept_bytes)
        message = std::make_unique<Message>();
      else
        message->Clear();
    }

    void depart() override {
      writer_->Finish(*response, status_, tag(finished_));
    }

    void on_accepted(bool is_call) {
      if (!is_call)
        return; // the server stops; nothing else comes for this slot
      method_.free_slot()->arm(*queue_);
      parts_ = 3; // the handler's, the answer's, the end's
      call taken{this};
      bytes_ = request->ByteSizeLong();
      if (!method_.limits_.enter(bytes_))
        return taken.fail(
          {ec::resource_exhausted, "the node has too many calls at once"});
      is_counted_ = true;
      try {
        method_.handle_(taken);
      } catch (const std::exception& e) {
        taken.fail({ec::internal, std::string{"unexpected: "} + e.what()});
      }
    }

    void on_finished(bool) { part_is_over(); }

    void on_ended(bool) {
      if (context->IsCancelled())
        cancel.cancel();
      part_is_over();
    }

    void part_is_over() {
      if (parts_.fetch_sub(1) != 1)
        return;
      if (std::exchange(is_counted_, false))
        method_.limits_.leave(bytes_);
      renew(request); // what is large is not kept while the slot waits
      renew(response);
      writer_.reset();
      context.reset(); // which holds the connection
      method_.put_back(this);
    }

    unary_method& method_;
    door_queue* queue_ = nullptr;
    grpc::Status status_;
    std::optional<grpc::ServerAsyncResponseWriter<Response>> writer_;
    std::atomic<bool> is_answered_ = false;
    std::atomic<int> parts_ = 0;
    bool is_counted_ = false;
    size_t bytes_ = 0; ///< Of the request.
    completion_of<slot> accepted_;
    completion_of<slot> finished_;
    completion_of<slot> ended_;
  };

  slot* free_slot() {
    const std::lock_guard hold{mutex_};
    if (free_.empty()) {
      slots_.push_back(std::make_unique<slot>(*this));
      return slots_.back().get();
    }
    auto* const found = free_.back();
    free_.pop_back();
    return found;
  }

  void put_back(slot* of) {
    const std::lock_guard hold{mutex_};
    free_.push_back(of);
  }

  Service& service_;
  accept accept_;
  call_limits& limits_;
  handler handle_;
  const bool is_pooled_ = std::getenv("TRIVIUM_UNPOOLED_CALLS") == nullptr;
  std::mutex mutex_;
  std::vector<std::unique_ptr<slot>> slots_;
  std::vector<slot*> free_;
};

} // namespace trivium::actors

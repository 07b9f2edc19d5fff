#pragma once

#include "messages/values/envelope.hpp"

#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>
#include <grpcpp/support/async_unary_call.h>

#include <chrono>
#include <memory>

namespace trivium {

/// As gRPC reads deadlines.
[[nodiscard]] inline std::chrono::system_clock::time_point
system_time(std::chrono::steady_clock::time_point at) {
  return std::chrono::system_clock::now()
         + std::chrono::duration_cast<std::chrono::system_clock::duration>(
           at - std::chrono::steady_clock::now());
}

/// Waits on the queue, one call's own, and cancels that call when its token
/// says so.
inline void drive(grpc::CompletionQueue& queue, grpc::ClientContext& context,
                  const cancel_token& cancel) {
  constexpr std::chrono::milliseconds cancel_poll{10};
  void* tag = nullptr;
  auto is_done = false;
  auto is_cancelled = false;
  while (queue.AsyncNext(&tag, &is_done,
                         std::chrono::system_clock::now() + cancel_poll)
         == grpc::CompletionQueue::TIMEOUT)
    if (!is_cancelled && cancel.is_cancelled()) {
      is_cancelled = true;
      context.TryCancel();
    }
}

/// `prepare(context, request, queue)` gives the call's reader.
template <class Response, class Request, class Prepare>
grpc::Status run_unary(grpc::ClientContext& context, const Request& request,
                       Response& response, const cancel_token& cancel,
                       Prepare prepare) {
  grpc::CompletionQueue queue;
  grpc::Status status;
  std::unique_ptr<grpc::ClientAsyncResponseReader<Response>> reader =
    prepare(&context, request, &queue);
  reader->StartCall();
  reader->Finish(&response, &status, &queue);
  drive(queue, context, cancel);
  return status;
}

} // namespace trivium

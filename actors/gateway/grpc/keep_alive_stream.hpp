#pragma once

#include "actors/gateway/grpc/door_calls.hpp"

#include <grpcpp/completion_queue.h>

namespace trivium::actors {

/// Takes KeepAlive streams from the queue, for ever. Each request is answered
/// before the next one is read, on the queue's thread: it touches memory alone.
void listen_for_keep_alives(shared_context door, registry_service& service,
                            call_limits& limits,
                            grpc::ServerCompletionQueue& queue);

} // namespace trivium::actors

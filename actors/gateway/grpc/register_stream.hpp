#pragma once

#include "actors/gateway/grpc/door_calls.hpp"

namespace trivium::actors {

/// Takes RegisterStream calls from the queue, for ever. Streams count in
/// `limits`, what they bring in `registrations`.
void listen_for_registrations(shared_context door, registry_service& service,
                              call_limits& limits, call_limits& registrations,
                              door_queue& queue);

} // namespace trivium::actors

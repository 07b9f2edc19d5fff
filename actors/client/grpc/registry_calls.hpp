#pragma once

#include "actors/client/session.hpp"

#include "trivium/v1/registry.grpc.pb.h"

namespace trivium {

using registry_stub = v1::ModelRegistry::Stub;

/// One request of control.proto as a call of the gRPC service. Waits until its
/// end, its deadline or its cancellation; a connection that is not there yet is
/// waited for.
[[nodiscard]] tl::expected<v1::Reply, call_failure>
call_registry(grpc::ChannelInterface& channel, registry_stub& stub,
              const v1::Request& request, request_kind kind, deadline until,
              const cancel_token& cancel);

/// An event of the service as a notice of the actor protocol.
[[nodiscard]] v1::EventNotice notice_of(const v1::ModelEvent& event);

} // namespace trivium

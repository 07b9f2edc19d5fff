#pragma once

#include "messages/values/control.hpp"

#include "trivium/v1/control.pb.h"

namespace trivium {

/// `notice_window` is the session's and left to it.
[[nodiscard]] v1::Welcome to_wire(const node_identity& node);
[[nodiscard]] v1::NodeStatus to_wire(const node_status& status);
[[nodiscard]] v1::LaneStatus to_wire(const lane_status& lane);
[[nodiscard]] v1::DeviceStatus to_wire(const device_status& device);
[[nodiscard]] v1::ActorStatus to_wire(const actor_status& actor);
[[nodiscard]] v1::CollectedGarbage to_wire(const collected_garbage& collected);

/// Error: data_loss for a default namespace that is no name; none is one.
[[nodiscard]] expected<node_identity> from_wire(const v1::Welcome& wire);
/// Errors: those of its jobs.
[[nodiscard]] expected<node_status> from_wire(const v1::NodeStatus& wire);
[[nodiscard]] expected<lane_status> from_wire(const v1::LaneStatus& wire);
[[nodiscard]] expected<device_status> from_wire(const v1::DeviceStatus& wire);
[[nodiscard]] expected<actor_status> from_wire(const v1::ActorStatus& wire);
[[nodiscard]] expected<collected_garbage>
from_wire(const v1::CollectedGarbage& wire);

} // namespace trivium

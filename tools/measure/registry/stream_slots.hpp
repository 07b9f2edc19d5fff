#pragma once

#include "tools/measure/registry/slot.hpp"

namespace trivium::v1 {
class ModelRegistrationRequest;
}

namespace trivium::bench {

/// Registrations through one RegisterStream call a channel; `fill` makes the
/// one of a number.
[[nodiscard]] slot_maker
stream_slots(std::function<void(uint64_t, v1::ModelRegistrationRequest&)> fill);

} // namespace trivium::bench

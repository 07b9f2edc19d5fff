#pragma once

#include "actors/step_types.hpp"

#include <caf/stateful_actor.hpp>

namespace trivium::actors {

struct golden_state {
  static inline constexpr const char* name = "golden";
};

/// Records what a float model answers, or holds a model against it. Detached;
/// ends after one request.
golden_actor::behavior_type
golden(golden_actor::stateful_pointer<golden_state> self,
       std::shared_ptr<accelerators::executor> executor);

} // namespace trivium::actors

#pragma once

#include "actors/step_types.hpp"

#include <caf/stateful_actor.hpp>

#include <memory>

namespace trivium::actors {

struct verify_state {
  static inline constexpr const char* name = "verify";
};

/// Checks a written variant: graphs by the executor, weights without a graph
/// by their layers. Detached.
verify_actor::behavior_type
verify(verify_actor::stateful_pointer<verify_state> self,
       std::shared_ptr<accelerators::executor> executor,
       job_listener_actor listener);

} // namespace trivium::actors

#pragma once

#include "actors/step_types.hpp"

#include <caf/stateful_actor.hpp>

namespace trivium::actors {

struct pull_state {
  static inline constexpr const char* name = "pull";
};

/// Brings artifacts to a runtime: all files beside the old ones, through the
/// tiers, then one rename makes them visible. A crash leaves the old or the new
/// version whole. Detached.
pull_actor::behavior_type pull(pull_actor::stateful_pointer<pull_state> self,
                               registry_actor registry,
                               artifact_actor artifacts, tier_actor tier);

} // namespace trivium::actors

#pragma once

#include "actors/devices/tile_work.hpp"
#include "actors/step_types.hpp"

#include <caf/stateful_actor.hpp>

namespace trivium::actors {

struct lane_state {
  static inline constexpr const char* name = "lane";
  std::unique_ptr<accelerators::lane> device;
  tile_scratch scratch;
};

/// One lane of a device: one tile a message, so that the scheduler decides
/// between any two. Detached; the only place where kernels run. `nice` lowers
/// the priority of its thread (0 to 19), so that a busy machine still answers.
lane_actor::behavior_type lane(lane_actor::stateful_pointer<lane_state> self,
                               std::shared_ptr<accelerators::device> device,
                               int nice);

} // namespace trivium::actors

#include "actors/devices/lane.hpp"

#include "actors/observability/enlist.hpp"
#include "messages/interfaces/errors.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <sys/resource.h>
#include <unistd.h>

namespace trivium::actors {

lane_actor::behavior_type lane(lane_actor::stateful_pointer<lane_state> self,
                               std::shared_ptr<accelerators::device> device,
                               int nice) {
  enlist(self);
  return {
    [self, device, nice](const envelope& from,
                         const tile_ptr& tile) -> caf::result<tile_result_ptr> {
      if (from.cancel.is_cancelled())
        return to_caf({ec::cancelled, "stopped before the tile"});
      auto& lane = self->state.device;
      if (!lane) {
        auto opened = device->open_lane();
        if (!opened)
          return to_caf(opened.error());
        lane = std::move(*opened);
        if (nice > 0) // of this thread alone, for as long as it lives
          ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), nice);
      }
      auto result = run_tile(*lane, *tile, self->state.scratch);
      if (!result)
        return to_caf(result.error());
      return std::make_shared<const tile_result>(std::move(*result));
    },
  };
}

} // namespace trivium::actors

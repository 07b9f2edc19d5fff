#include "actors/registry/history_keeper.hpp"

#include "actors/observability/enlist.hpp"
#include "actors/observability/log.hpp"
#include "actors/time_limits.hpp"
#include "actors/wall_clock.hpp"
#include "messages/interfaces/errors.hpp"

namespace trivium::actors {

namespace {

using pointer = caf::stateful_actor<history_keeper_state>*;

void forget(pointer self, const compacting_writer_actor& writer, int64_t time,
            revision before) {
  const auto later = [self] {
    self->delayed_send(self, history_keeper_state::every, op::tick_v);
  };
  self->request(writer, command_limit, op::tick_v, time, before)
    .then(
      [=](revision left) {
        if (left > 0)
          return forget(self, writer, time, left);
        later();
      },
      [=](const caf::error& e) {
        log_warning(envelope{}, "history was not compacted",
                    {{"reason", from_caf(e).text}});
        later();
      });
}

} // namespace

caf::behavior history_keeper(pointer self, compacting_writer_actor writer,
                             std::chrono::milliseconds keep) {
  enlist(self);
  self->delayed_send(self, history_keeper_state::first_look, op::tick_v);
  return {
    [=](op::tick) { forget(self, writer, wall_clock() - keep.count(), 0); }};
}

} // namespace trivium::actors

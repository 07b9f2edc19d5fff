#include "actors/scheduling/scheduler.hpp"

#include "actors/observability/enlist.hpp"
#include "actors/time_limits.hpp"
#include "messages/interfaces/errors.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <algorithm>

namespace trivium::actors {

namespace {

using pointer = scheduler_actor::stateful_pointer<scheduler_state>;

void dispatch(pointer self);

void free_credit(pointer self, const lane_actor& lane) {
  for (auto& slot : self->state.lanes)
    if (slot.actor == lane && slot.in_flight > 0)
      --slot.in_flight;
  dispatch(self);
}

void hand_over(pointer self, scheduler_state::lane_slot& slot,
               const waiting_tile& work) {
  ++slot.in_flight;
  self->request(slot.actor, tile_limit, work.from, work.tile)
    .then(
      [self, lane = slot.actor,
       promise = work.promise](const tile_result_ptr& result) mutable {
        promise.deliver(result);
        free_credit(self, lane);
      },
      [self, lane = slot.actor, promise = work.promise](caf::error& e) mutable {
        promise.deliver(to_caf(from_caf(e)));
        free_credit(self, lane);
      });
}

void dispatch(pointer self) {
  auto& state = self->state;
  while (!state.ready.empty()) {
    auto slot = std::min_element(
      state.lanes.begin(), state.lanes.end(),
      [](const auto& a, const auto& b) { return a.in_flight < b.in_flight; });
    if (slot == state.lanes.end() || slot->in_flight >= scheduler_state::credit)
      return;
    auto next = state.ready.extract(state.ready.begin());
    auto& work = next.value();
    if (work.from.cancel.is_cancelled())
      work.promise.deliver(to_caf({ec::cancelled, "stopped in the queue"}));
    else
      hand_over(self, *slot, work);
  }
}

} // namespace

scheduler_actor::behavior_type scheduler(pointer self,
                                         std::vector<lane_actor> lanes) {
  enlist(self);
  for (auto& actor : lanes)
    self->state.lanes.push_back({std::move(actor), 0});
  self->set_exit_handler([self](const caf::exit_msg& message) {
    for (const auto& waiting : self->state.ready) {
      auto promise = waiting.promise;
      promise.deliver(to_caf({ec::unavailable, "the scheduler stops"}));
    }
    for (const auto& slot : self->state.lanes)
      self->send_exit(slot.actor, message.reason);
    self->quit(message.reason);
  });
  return {
    [self](const envelope& from,
           const tile_ptr& tile) -> caf::result<tile_result_ptr> {
      auto promise = self->make_response_promise<tile_result_ptr>();
      auto& state = self->state;
      state.ready.insert({state.next_sequence++, from, tile, promise});
      dispatch(self);
      return promise;
    },
  };
}

} // namespace trivium::actors

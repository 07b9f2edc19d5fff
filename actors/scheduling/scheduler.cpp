#include "actors/scheduling/scheduler.hpp"

#include "actors/observability/actor_directory.hpp"
#include "actors/observability/enlist.hpp"
#include "actors/observability/log.hpp"
#include "messages/interfaces/errors.hpp"
#include "messages/values/names.hpp"

#include <caf/exit_reason.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>

namespace trivium::actors {

namespace {

using pointer = scheduler_actor::stateful_pointer<scheduler_state>;
using shared_lanes = std::shared_ptr<const lane_set>;
using lane_slot = scheduler_state::lane_slot;

void dispatch(pointer self, const shared_lanes& lanes);

double seconds_on_tile(pointer self, const lane_slot& slot) {
  return slot.in_flight.empty()
           ? 0
           : std::chrono::duration<double>(self->clock().now() - slot.since)
               .count();
}

// --- lanes -------------------------------------------------------------------

lane_actor start_lane(pointer self, const lane_set& lanes, size_t number) {
  auto lane = lanes.spawn(self);
  self->monitor(lane);
  directory_of(self->system())
    .adopt(lane, self->id(), "lane " + std::to_string(number + 1));
  return lane;
}

/// The tiles of a lane that is gone go to the others, in their old order.
void replace_lane(pointer self, const shared_lanes& lanes, size_t number) {
  auto& state = self->state;
  auto& slot = state.lanes[number];
  for (auto& work : std::exchange(slot.in_flight, {}))
    state.ready.insert(std::move(work));
  slot.is_reported = false;
  ++slot.lost;
  slot.actor = start_lane(self, *lanes, number);
  dispatch(self, lanes);
}

/// The tile that a lane had begun when it ended; a tile that ends several lanes
/// is at fault itself, and goes to no other.
void blame_first(std::deque<queued_tile>& in_flight) {
  if (in_flight.empty())
    return;
  auto& work = in_flight.front();
  if (++work.lost_lanes < scheduler_state::max_lost_lanes)
    return;
  work.promise.deliver(to_caf(
    {ec::unavailable, "tile " + std::to_string(work.tile->number) + " of \""
                        + printable(work.tile->tensor_name) + "\" ended "
                        + std::to_string(work.lost_lanes) + " lanes"}));
  in_flight.pop_front();
}

void lane_ended(pointer self, const shared_lanes& lanes,
                const caf::down_msg& gone) {
  auto& slots = self->state.lanes;
  for (size_t i = 0; i < slots.size(); ++i)
    if (slots[i].actor.address() == gone.source) {
      log_error(envelope{}, "a lane ended; another takes its place",
                {{"lane", std::to_string(i + 1)},
                 {"reason", from_caf(gone.reason).text}});
      blame_first(slots[i].in_flight);
      return replace_lane(self, lanes, i);
    }
}

// --- tiles -------------------------------------------------------------------

/// Takes a tile back from the lane that had it, if it still has.
bool take_back(pointer self, const lane_actor& lane, uint64_t sequence,
               queued_tile& out) {
  for (auto& slot : self->state.lanes) {
    if (slot.actor != lane)
      continue;
    const auto found =
      std::find_if(slot.in_flight.begin(), slot.in_flight.end(),
                   [&](const auto& one) { return one.sequence == sequence; });
    if (found == slot.in_flight.end())
      return false;
    out = std::move(*found);
    slot.in_flight.erase(found);
    slot.since = self->clock().now();
    slot.is_reported = false;
    return true;
  }
  return false;
}

void count_done(pointer self, const lane_actor& lane, const tile_work& tile) {
  for (auto& slot : self->state.lanes)
    if (slot.actor == lane) {
      ++slot.tiles_done;
      slot.bytes_done += tile.source_size;
    }
}

void hand_over(pointer self, const shared_lanes& lanes, lane_slot& slot,
               queued_tile work) {
  if (slot.in_flight.empty())
    slot.since = self->clock().now();
  const auto sequence = work.sequence;
  auto request = self->request(slot.actor, caf::infinite, work.from, work.tile);
  slot.in_flight.push_back(std::move(work));
  request.then(
    [self, lanes, sequence, lane = slot.actor](const tile_result_ptr& result) {
      queued_tile done;
      if (take_back(self, lane, sequence, done)) {
        count_done(self, lane, *done.tile);
        done.promise.deliver(result);
      }
      dispatch(self, lanes);
    },
    [self, lanes, sequence, lane = slot.actor](caf::error& e) {
      if (e == caf::sec::request_receiver_down)
        return; // the lane's end says what becomes of its tiles
      queued_tile done;
      if (take_back(self, lane, sequence, done))
        done.promise.deliver(to_caf(from_caf(e)));
      dispatch(self, lanes);
    });
}

void keep_ticking(pointer self) {
  auto& state = self->state;
  if (state.is_ticking)
    return;
  state.is_ticking = true;
  self->delayed_send(self, std::chrono::seconds{1}, op::tick_v);
}

void dispatch(pointer self, const shared_lanes& lanes) {
  auto& state = self->state;
  while (!state.ready.empty()) {
    auto next = state.ready.begin();
    if (next->from.cancel.is_cancelled()) {
      auto work = std::move(state.ready.extract(next).value());
      work.promise.deliver(to_caf({ec::cancelled, "stopped in the queue"}));
      continue;
    }
    auto slot = std::min_element(
      state.lanes.begin(), state.lanes.end(), [](const auto& a, const auto& b) {
        return a.in_flight.size() < b.in_flight.size();
      });
    if (slot == state.lanes.end()
        || slot->in_flight.size() >= scheduler_state::credit)
      return;
    hand_over(self, lanes, *slot, std::move(state.ready.extract(next).value()));
    keep_ticking(self);
  }
}

// --- watching over lanes -----------------------------------------------------

void report_hang(pointer self, const lane_set& lanes, size_t number) {
  auto& slot = self->state.lanes[number];
  slot.is_reported = true;
  const auto& work = slot.in_flight.front();
  log_error(work.from, "a lane hangs",
            {{"lane", std::to_string(number + 1)},
             {"device", lanes.device},
             {"tensor", work.tile->tensor_name},
             {"tile", std::to_string(work.tile->number)},
             {"seconds", std::to_string(seconds_on_tile(self, slot))}});
}

/// A thread cannot be ended from outside: what hangs for good is left behind.
void watch_lanes(pointer self, const shared_lanes& lanes) {
  auto& state = self->state;
  for (size_t i = 0; i < state.lanes.size(); ++i) {
    auto& slot = state.lanes[i];
    if (slot.in_flight.empty())
      continue;
    const auto time = self->clock().now() - slot.since;
    if (time >= lanes->hangs_after && !slot.is_reported)
      report_hang(self, *lanes, i);
    if (time < lanes->given_up_after)
      continue;
    self->demonitor(slot.actor.address());
    auto lost = std::move(slot.in_flight.front());
    slot.in_flight.pop_front();
    lost.promise.deliver(
      to_caf({ec::deadline_exceeded,
              "lane " + std::to_string(i + 1) + " hangs on tile "
                + std::to_string(lost.tile->number) + " of \""
                + printable(lost.tile->tensor_name) + "\""}));
    self->send_exit(slot.actor, caf::exit_reason::kill);
    replace_lane(self, lanes, i);
  }
}

std::vector<lane_status> statuses(pointer self, const lane_set& lanes) {
  std::vector<lane_status> all;
  for (const auto& slot : self->state.lanes) {
    lane_status one;
    one.number = static_cast<uint32_t>(all.size() + 1);
    one.device = lanes.device;
    one.tiles_done = slot.tiles_done;
    one.bytes_done = slot.bytes_done;
    one.is_busy = !slot.in_flight.empty();
    if (one.is_busy) {
      const auto& work = slot.in_flight.front();
      one.job = work.from.job;
      one.tensor = work.tile->tensor_name;
      one.tile = work.tile->number;
      one.seconds_on_tile = seconds_on_tile(self, slot);
      one.hangs = self->clock().now() - slot.since >= lanes.hangs_after;
    }
    all.push_back(std::move(one));
  }
  return all;
}

} // namespace

scheduler_state::~scheduler_state() {
  // Whoever waits hears of it, however the scheduler ends.
  const auto answer = [](const queued_tile& work) {
    auto promise = work.promise;
    if (promise.pending())
      promise.deliver(to_caf({ec::unavailable, "the scheduler stops"}));
  };
  std::for_each(ready.begin(), ready.end(), answer);
  for (const auto& slot : lanes) {
    std::for_each(slot.in_flight.begin(), slot.in_flight.end(), answer);
    caf::anon_send_exit(slot.actor, caf::exit_reason::user_shutdown);
  }
}

scheduler_actor::behavior_type scheduler(pointer self, lane_set wanted) {
  enlist(self);
  const auto lanes = std::make_shared<const lane_set>(std::move(wanted));
  for (size_t i = 0; i < lanes->count; ++i) {
    auto& slot = self->state.lanes.emplace_back();
    slot.actor = start_lane(self, *lanes, i);
  }
  self->set_down_handler(
    [=](const caf::down_msg& gone) { lane_ended(self, lanes, gone); });
  self->set_exit_handler([self](const caf::exit_msg& message) {
    for (const auto& slot : self->state.lanes) {
      self->demonitor(slot.actor.address());
      self->send_exit(slot.actor, message.reason);
    }
    self->quit(message.reason);
  });
  return {
    [=](const envelope& from,
        const tile_ptr& tile) -> caf::result<tile_result_ptr> {
      if (!tile)
        return to_caf({ec::invalid_argument, "no tile"});
      auto promise = self->make_response_promise<tile_result_ptr>();
      auto& state = self->state;
      state.ready.insert({state.next_sequence++, from, tile, promise, 0});
      dispatch(self, lanes);
      return promise;
    },
    [=](const envelope&, list_lanes) { return statuses(self, *lanes); },
    [=](op::tick) {
      auto& state = self->state;
      state.is_ticking = false;
      watch_lanes(self, lanes);
      const auto is_busy =
        std::any_of(state.lanes.begin(), state.lanes.end(),
                    [](const auto& slot) { return !slot.in_flight.empty(); });
      if (is_busy)
        keep_ticking(self);
    },
  };
}

} // namespace trivium::actors

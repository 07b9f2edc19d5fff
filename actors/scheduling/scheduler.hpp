#pragma once

#include "actors/step_types.hpp"
#include "actors/worker_mode.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <memory>
#include <set>
#include <tuple>
#include <vector>

namespace trivium::actors {

/// A tile that waits for a lane.
struct waiting_tile {
  uint64_t sequence = 0;
  envelope from;
  tile_ptr tile;
  caf::typed_response_promise<tile_result_ptr> promise;

  /// Urgent before idle, narrow before wide, old before new.
  [[nodiscard]] auto order() const {
    return std::make_tuple(tile->priority, tile->bits, sequence);
  }
};

struct later {
  bool operator()(const waiting_tile& a, const waiting_tile& b) const {
    return a.order() < b.order();
  }
};

struct scheduler_state {
  static inline constexpr const char* name = "scheduler";

  /// One more tile than it computes waits at each lane, so that it never idles
  /// between two; more would only blunt the order.
  static constexpr unsigned credit = 2;

  struct lane_slot {
    lane_actor actor;
    unsigned in_flight = 0;
  };

  std::vector<lane_slot> lanes;
  std::set<waiting_tile, later> ready;
  uint64_t next_sequence = 0;
};

/// The run queue: hands tiles to lanes by credit in order of priority, then
/// bits, then age. The tile's result (or error) answers the request.
scheduler_actor::behavior_type
scheduler(scheduler_actor::stateful_pointer<scheduler_state> self,
          std::vector<lane_actor> lanes);

} // namespace trivium::actors

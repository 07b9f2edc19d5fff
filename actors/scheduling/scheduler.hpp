#pragma once

#include "actors/step_types.hpp"
#include "actors/worker_mode.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace trivium::actors {

/// A tile that waits for a lane, or is with one.
struct queued_tile {
  uint64_t sequence = 0;
  envelope from;
  tile_ptr tile;
  caf::typed_response_promise<tile_result_ptr> promise;
  unsigned lost_lanes = 0; ///< That ended while they computed it.

  /// Urgent before idle, narrow before wide, old before new.
  [[nodiscard]] auto order() const {
    return std::make_tuple(tile->priority, tile->bits, sequence);
  }
};

struct later {
  bool operator()(const queued_tile& a, const queued_tile& b) const {
    return a.order() < b.order();
  }
};

/// The lanes of a scheduler and how another is made in a lost one's place.
struct lane_set {
  std::string device; ///< Name, for status.
  uint32_t count = 1;
  std::function<lane_actor(caf::local_actor*)> spawn;
  /// Longer on one tile than this is reported as hanging;
  std::chrono::milliseconds hangs_after = std::chrono::seconds{30};
  /// and after this the lane is given up and another takes its place.
  std::chrono::milliseconds given_up_after = std::chrono::minutes{10};
};

struct scheduler_state {
  static inline constexpr const char* name = "scheduler";

  /// One more tile than it computes waits at each lane, so that it never idles
  /// between two; more would only blunt the order.
  static constexpr unsigned credit = 2;
  /// A tile that ends this many lanes is at fault itself.
  static constexpr unsigned max_lost_lanes = 2;

  struct lane_slot {
    lane_actor actor;
    std::deque<queued_tile> in_flight; ///< The first one is computed.
    std::chrono::steady_clock::time_point since{}; ///< When it became first.
    bool is_reported = false;                      ///< As hanging.
    uint64_t tiles_done = 0;
    uint64_t bytes_done = 0;
    uint64_t lost = 0; ///< Lanes that this slot had before.
  };

  std::vector<lane_slot> lanes;
  std::set<queued_tile, later> ready;
  uint64_t next_sequence = 0;
  bool is_ticking = false;

  ~scheduler_state();
};

/// The run queue: hands tiles to lanes by credit in order of priority, then
/// bits, then age. The tile's result (or error) answers the request, whatever
/// becomes of a lane: one that ends is replaced and its tiles go to others;
/// one that hangs is logged, shown in its status, and at last replaced.
scheduler_actor::behavior_type
scheduler(scheduler_actor::stateful_pointer<scheduler_state> self,
          lane_set lanes);

} // namespace trivium::actors

#pragma once

#include "actors/registry/metadata_writer.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>

#include <chrono>

namespace trivium::actors {

struct history_keeper_state {
  static inline constexpr const char* name = "history_keeper";

  /// After a start there is enough to do.
  static constexpr std::chrono::minutes first_look{1};
  static constexpr std::chrono::hours every{1};
};

/// Lets the writer forget, step by step, what stood longer ago than `keep`. Not
/// detached: CAF would keep a detached actor as long as a time-out names it.
caf::behavior history_keeper(caf::stateful_actor<history_keeper_state>* self,
                             compacting_writer_actor writer,
                             std::chrono::milliseconds keep);

} // namespace trivium::actors

#pragma once

#include "messages/interfaces/actors.hpp"

#include <caf/stateful_actor.hpp>

#include <chrono>
#include <map>

namespace trivium::actors {

struct registry_state {
  static inline constexpr const char* name = "registry";

  struct active_model {
    model_actor actor;
    std::chrono::steady_clock::time_point used;
  };
  std::map<model_ref, active_model> active;
  bool is_ticking = false;
};

/// Activates a model's actor on first use and delegates to it; ends it when
/// nobody asked for `idle`, and forgets it when it ends, so that the next use
/// loads the stored state. A million models cost no million actors.
registry_actor::behavior_type
registry(registry_actor::stateful_pointer<registry_state> self,
         metadata_reader_actor reader, metadata_writer_actor writer,
         event_bus_actor events, std::chrono::milliseconds idle);

} // namespace trivium::actors

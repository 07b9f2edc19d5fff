#pragma once

#include "messages/interfaces/actors.hpp"

#include <caf/stateful_actor.hpp>

#include <map>

namespace trivium::actors {

struct registry_state {
  static inline constexpr const char* name = "registry";
  std::map<model_ref, model_actor> active;
};

/// Activates a model's actor on first use and delegates to it; forgets it when
/// it ends, so that the next use loads the stored state.
registry_actor::behavior_type
registry(registry_actor::stateful_pointer<registry_state> self,
         metadata_reader_actor reader, metadata_writer_actor writer,
         event_bus_actor events);

} // namespace trivium::actors

#pragma once

#include "actors/registry/model_book.hpp"
#include "messages/interfaces/actors.hpp"

#include <caf/stateful_actor.hpp>

#include <memory>

namespace trivium::actors {

struct model_state {
  static inline constexpr const char* name = "model";
  std::unique_ptr<model_book> book;
  error broken{ec::none, {}}; ///< Why the stored state could not be loaded.
};

/// Owns one model's book. Loads it first; handles one command at a time, each
/// durable before it is answered and before the next one is looked at.
model_actor::behavior_type
model(model_actor::stateful_pointer<model_state> self, model_ref ref,
      metadata_reader_actor reader, metadata_writer_actor writer,
      event_bus_actor events);

} // namespace trivium::actors

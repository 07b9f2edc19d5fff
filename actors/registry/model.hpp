#pragma once

#include "actors/registry/model_book.hpp"
#include "messages/interfaces/actors.hpp"
#include "storage/metadata/metadata_store.hpp"

#include <caf/stateful_actor.hpp>

#include <memory>

namespace trivium::actors {

struct model_state {
  static inline constexpr const char* name = "model";
  std::unique_ptr<model_book> book;
  revision seen = 0; ///< The store's head when the book was held against it.
  error broken{ec::none, {}}; ///< Why the stored state could not be loaded.
};

/// Owns one model's book. Loads it first, from what the store keeps in memory;
/// handles one command at a time, each durable before it is answered and before
/// the next one is looked at. Where somebody else (a transaction, a lease's
/// end) was first it looks again and tries anew, a few times.
model_actor::behavior_type
model(model_actor::stateful_pointer<model_state> self, model_ref ref,
      std::shared_ptr<const storage::metadata_store> store,
      metadata_writer_actor writer);

} // namespace trivium::actors

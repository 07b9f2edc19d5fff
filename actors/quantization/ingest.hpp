#pragma once

#include "actors/step_types.hpp"

#include <caf/stateful_actor.hpp>

namespace trivium::actors {

struct ingest_state {
  static inline constexpr const char* name = "ingest";
};

/// Finds a model's files and takes them into the store, hashing while copying.
/// Detached. The listener may be null.
ingest_actor::behavior_type
ingest(ingest_actor::stateful_pointer<ingest_state> self,
       std::shared_ptr<storage::artifact_store> store,
       job_listener_actor listener);

} // namespace trivium::actors

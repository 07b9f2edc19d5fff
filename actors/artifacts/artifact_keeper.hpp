#pragma once

#include "actors/step_types.hpp"

#include <caf/stateful_actor.hpp>

#include <memory>

namespace trivium::actors {

struct artifact_keeper_state {
  static inline constexpr const char* name = "artifact_keeper";
};

/// The store of blobs as an actor: staging, adoption, export, collection.
/// Detached: each of these moves whole files.
artifact_actor::behavior_type
artifact_keeper(artifact_actor::stateful_pointer<artifact_keeper_state>,
                std::shared_ptr<storage::artifact_store> store);

} // namespace trivium::actors

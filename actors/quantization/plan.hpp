#pragma once

#include "actors/step_types.hpp"

#include <caf/stateful_actor.hpp>

namespace trivium::actors {

struct plan_state {
  static inline constexpr const char* name = "plan";
};

/// inspect and plan: opens the model and reads its structure, lets the recipe
/// decide tensor by tensor, lays the output out. Detached. `store` may be null:
/// then the model is opened where it lies.
plan_actor::behavior_type plan(plan_actor::stateful_pointer<plan_state> self,
                               std::shared_ptr<storage::artifact_store> store);

/// The files of an artifact in the store, mapped.
[[nodiscard]] expected<storage::model_files>
open_artifact(const storage::artifact_store& store, const digest& artifact);

} // namespace trivium::actors

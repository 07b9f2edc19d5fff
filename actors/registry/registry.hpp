#pragma once

#include "messages/interfaces/actors.hpp"
#include "storage/metadata/metadata_store.hpp"

#include <caf/stateful_actor.hpp>

#include <chrono>
#include <list>
#include <map>
#include <memory>

namespace trivium::actors {

/// How many models are active, and how long without being asked.
struct activity_limits {
  std::chrono::milliseconds idle = std::chrono::minutes{5};
  size_t models = 4096;
};

struct registry_state {
  static inline constexpr const char* name = "registry";

  struct active_model {
    model_actor actor;
    std::chrono::steady_clock::time_point used;
    std::list<model_ref>::iterator place; ///< In `by_use`.
  };
  std::map<model_ref, active_model> active;
  std::map<caf::actor_addr, model_ref> names; ///< Of those in `active`.
  std::list<model_ref> by_use;                ///< The one used last in front.
  bool is_ticking = false;
};

/// Activates a model's actor on first use and passes commands to it; ends it
/// when nobody asked for it for long, or when too many others are active, and
/// forgets it when it ends, so that the next use loads the stored state. A
/// million models cost no million actors.
registry_actor::behavior_type
registry(registry_actor::stateful_pointer<registry_state> self,
         std::shared_ptr<const storage::metadata_store> store,
         metadata_writer_actor writer, activity_limits limits);

} // namespace trivium::actors

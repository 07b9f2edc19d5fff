#pragma once

#include <caf/actor_system.hpp>
#include <caf/spawn_options.hpp>

#include <utility>

namespace trivium::actors {

/// Where actors that block or compute run. Tests take `pooled`: the same
/// behaviours on the deterministic scheduler.
enum class worker_mode { detached, pooled };

/// Spawns `f` on a thread of its own, unless a test says otherwise.
template <class F, class... Ts>
auto spawn_worker(caf::actor_system& system, worker_mode mode, F f,
                  Ts&&... xs) {
  return mode == worker_mode::detached
           ? system.spawn<caf::detached>(f, std::forward<Ts>(xs)...)
           : system.spawn(f, std::forward<Ts>(xs)...);
}

} // namespace trivium::actors

#pragma once

#include <caf/actor_control_block.hpp>
#include <caf/actor_system.hpp>

#include <chrono>
#include <vector>

namespace trivium::actors {

/// Ends the actors, the last spawned first, waiting for each; `grace` is for
/// all together. False where some did not end, although killed: then the system
/// must not be destroyed, which would wait for them.
[[nodiscard]] bool stop_in_order(caf::actor_system& system,
                                 std::vector<caf::strong_actor_ptr>& order,
                                 std::chrono::milliseconds grace);

} // namespace trivium::actors

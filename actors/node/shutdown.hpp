#pragma once

#include <caf/actor_control_block.hpp>
#include <caf/actor_system.hpp>

#include <chrono>
#include <vector>

namespace trivium::actors {

/// Ends the actors, the last spawned first, waiting for each; `grace` is for
/// all together. Who has not ended by then is killed, and the system is told
/// not to wait: one actor that hangs must not keep the process.
void stop_in_order(caf::actor_system& system,
                   std::vector<caf::strong_actor_ptr>& order,
                   std::chrono::milliseconds grace);

} // namespace trivium::actors

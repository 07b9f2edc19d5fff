#pragma once

#include <caf/actor_system_config.hpp>

namespace trivium::actors {

/// CAF's settings for a node. `sharing`: idle threads sleep, and a request is
/// answered several times sooner than under work stealing. A low throughput
/// limit: no actor keeps a pooled thread from the others.
struct actor_config : caf::actor_system_config {
  actor_config();
};

} // namespace trivium::actors

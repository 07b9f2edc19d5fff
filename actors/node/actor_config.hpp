#pragma once

#include "actors/observability/actor_directory.hpp"

#include <caf/actor_system_config.hpp>

#include <memory>

namespace trivium::actors {

/// CAF's settings for a node. `sharing`: idle threads sleep, and a request is
/// answered several times sooner than under work stealing. A low throughput
/// limit: no actor keeps a pooled thread from the others.
struct actor_config : caf::actor_system_config {
  actor_config();

  std::unique_ptr<actor_directory> directory =
    std::make_unique<actor_directory>();
};

} // namespace trivium::actors

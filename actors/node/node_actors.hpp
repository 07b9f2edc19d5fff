#pragma once

#include "actors/node/actor_config.hpp"
#include "actors/quantization/job_services.hpp"
#include "config/settings.hpp"
#include "storage/metadata/metadata_store.hpp"

#include <caf/actor_system.hpp>

#include <memory>
#include <vector>

namespace trivium::actors {

/// What the actors of a node work on.
struct node_resources {
  config::settings settings;
  std::shared_ptr<accelerators::executor> executor;
  std::shared_ptr<storage::metadata_store> metadata; ///< Null without a store.
  std::shared_ptr<storage::artifact_store> artifacts;
  /// Of which the first computes; probed when empty.
  std::vector<std::shared_ptr<accelerators::device>> devices;
  /// Once set, a job runner that comes in another's place takes up what that
  /// one left; null: never.
  std::shared_ptr<const std::atomic<bool>> resumes_jobs;
};

/// The actors of a node, each under a supervisor of its own (`supervised`), so
/// that these handles outlive crashes. ARCHITECTURE.md draws the tree.
struct node_actors {
  job_services services;
  metadata_reader_actor reader;
  event_bus_actor events;
  registrar_actor registrar;
  lease_actor leases;
  /// Looks artifacts up while services.artifacts hashes or collects.
  artifact_actor finder;
  tier_actor tier;
  origin_actor origin;
  job_runner_actor runner;
  std::vector<caf::strong_actor_ptr> order; ///< Spawned; stopped backwards.
};

/// Errors: unavailable (no device can compute).
[[nodiscard]] expected<node_actors>
spawn_node_actors(caf::actor_system& system, const node_resources& resources);

} // namespace trivium::actors

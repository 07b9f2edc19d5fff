#pragma once

#include "actors/step_types.hpp"
#include "actors/worker_mode.hpp"

#include <memory>

namespace trivium::actors {

/// What jobs work with; made once by the node.
struct job_services {
  registry_actor registry; ///< Null without a store, like the next two.
  metadata_writer_actor writer;
  artifact_actor artifacts;
  pull_actor pull;
  scheduler_actor scheduler;
  std::shared_ptr<storage::artifact_store> store;
  std::shared_ptr<accelerators::executor> executor;
  std::string device; ///< For reports.
  uint64_t lanes = 1;
  uint64_t tile_bytes = uint64_t{1} << 20;
  uint64_t memory_bytes = uint64_t{128} << 20;
  worker_mode mode = worker_mode::detached;
};

} // namespace trivium::actors

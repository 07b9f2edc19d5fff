#pragma once

#include "actors/step_types.hpp"
#include "actors/worker_mode.hpp"

#include <atomic>
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
  uint32_t jobs_at_once = 2;
  metadata_reader_actor reader; ///< For parked jobs; null without a store.
  /// Each job's own; set when it is cancelled because the node stops: then it
  /// goes on later.
  std::shared_ptr<std::atomic<bool>> is_parking =
    std::make_shared<std::atomic<bool>>(false);
};

} // namespace trivium::actors

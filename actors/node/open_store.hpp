#pragma once

#include "accelerators/executor/executor.hpp"
#include "config/settings.hpp"
#include "storage/artifacts/artifact_store.hpp"
#include "storage/metadata/metadata_store.hpp"

#include <filesystem>
#include <memory>

namespace trivium::actors {

struct opened_store {
  std::shared_ptr<storage::metadata_store> metadata;
  std::shared_ptr<storage::artifact_store> artifacts;
};

/// Opens both halves of a store and marks what a dead process left running:
/// its jobs are interrupted, variants that it was making Failed. Errors:
/// unavailable (another process holds the store), data_loss,
/// permission_denied, unsupported.
[[nodiscard]] expected<opened_store>
open_store(const std::filesystem::path& root);

/// The settings of the child that runs graphs, as it takes them.
[[nodiscard]] accelerators::graph_limits
limits_of(const config::executor_settings& wanted);

} // namespace trivium::actors

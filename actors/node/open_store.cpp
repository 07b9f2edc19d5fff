#include "actors/node/open_store.hpp"

#include "actors/observability/log.hpp"
#include "actors/registry/interrupted.hpp"
#include "actors/wall_clock.hpp"
#include "messages/values/keys.hpp"

#include <string>

namespace trivium::actors {

namespace {

expected<void> mark_interrupted(storage::metadata_store& metadata) {
  TRIVIUM_TRY(const auto jobs, metadata.range(std::string{keys::jobs_prefix}));
  TRIVIUM_TRY(const auto models, metadata.range("models/"));
  TRIVIUM_TRY(const auto changes, interrupted_work(jobs, models, wall_clock()));
  if (changes.empty())
    return {};
  log_warning(envelope{}, "an earlier process left jobs or variants unfinished",
              {{"interrupted", std::to_string(changes.size())}});
  return metadata.commit(changes).map([](const auto&) {});
}

} // namespace

expected<opened_store> open_store(const std::filesystem::path& root) {
  opened_store opened;
  TRIVIUM_TRY(opened.metadata,
              storage::metadata_store::open(root / "metadata"));
  TRIVIUM_TRY(opened.artifacts, storage::artifact_store::open(root));
  TRIVIUM_CHECK(mark_interrupted(*opened.metadata));
  return opened;
}

accelerators::graph_limits limits_of(const config::executor_settings& wanted) {
  return {std::chrono::ceil<std::chrono::seconds>(wanted.time_limit),
          wanted.memory_bytes};
}

} // namespace trivium::actors

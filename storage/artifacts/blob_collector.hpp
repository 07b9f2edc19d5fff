#pragma once

#include "messages/values/digest.hpp"
#include "storage/artifacts/artifact_store.hpp"
#include "storage/artifacts/blob_folder.hpp"

#include <chrono>
#include <set>

namespace trivium::storage {

/// Removes (or lists, in a dry run) the blobs outside `kept` that were last
/// written or used at `not_after` or before. Files that are no blobs are let
/// be.
[[nodiscard]] expected<collected>
collect_blobs(const blob_folder& blobs, const std::set<digest>& kept,
              std::chrono::sys_seconds not_after, bool dry_run);

} // namespace trivium::storage

#pragma once

#include "messages/values/manifest.hpp"

#include <cstddef>
#include <string_view>

namespace trivium::storage {

/// A manifest above this size is neither written nor read.
inline constexpr size_t max_manifest_bytes = size_t{16} << 20;

/// Parses what `manifest::canonical` wrote, and nothing else: bytes that are
/// not canonical would be the same artifact under another digest. Error:
/// data_loss.
[[nodiscard]] expected<manifest> read_manifest(std::string_view bytes);

/// What every artifact keeps to: at least one file, paths that pass
/// check_artifact_path, sorted, none twice and none a folder of another. Error:
/// invalid_argument.
[[nodiscard]] expected<void> check_manifest(const manifest& artifact);

} // namespace trivium::storage

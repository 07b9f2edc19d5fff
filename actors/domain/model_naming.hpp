#pragma once

#include "messages/values/semver.hpp"

#include <filesystem>
#include <span>
#include <string>

namespace trivium::domain {

/// The name a model gets when nobody gives one: the file's (or folder's) name
/// without its model suffix and shard number, sanitised. "PP-OCRv6_rec.onnx" →
/// "PP-OCRv6_rec", "model-00001-of-00002.safetensors" → "model". Reads no disk:
/// resolve "." first.
[[nodiscard]] std::string
default_model_name(const std::filesystem::path& model);

/// The lowest patch release above `wanted` that is higher than every taken
/// version of the same MAJOR.MINOR: what to offer when `wanted` is taken.
[[nodiscard]] semver next_free_version(const semver& wanted,
                                       std::span<const semver> taken);

} // namespace trivium::domain

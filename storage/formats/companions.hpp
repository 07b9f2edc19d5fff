#pragma once

#include "messages/values/manifest.hpp"

#include <optional>
#include <string_view>

namespace trivium::storage {

/// The role of a file that belongs to a safetensors model beside its weights:
/// config.json, generation_config.json, tokenizer and vocabulary files.
/// Absent for anything else.
[[nodiscard]] std::optional<file_role> companion_role(std::string_view name);

} // namespace trivium::storage

#pragma once

#include "messages/values/ec.hpp"

#include <cstdint>
#include <filesystem>
#include <string>

namespace trivium::config {

/// The largest recipe or settings file, in bytes.
inline constexpr uint64_t max_config_bytes = uint64_t{1} << 20;

/// Reads a regular file of at most `max_config_bytes`. Never waits: a FIFO or
/// device is refused. Errors: not_found, permission_denied, invalid_argument
/// (no regular file), resource_exhausted (too large), unavailable.
[[nodiscard]] expected<std::string>
read_config_file(const std::filesystem::path& path);

} // namespace trivium::config

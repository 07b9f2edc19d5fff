#pragma once

#include "messages/values/ec.hpp"

#include <filesystem>

namespace trivium::storage {

/// `path` as the name of a file or folder that is yet to come: normalised,
/// without a slash at its end. Errors: invalid_argument (empty),
/// already_exists, not_found (no such parent folder).
[[nodiscard]] expected<std::filesystem::path>
output_target(const std::filesystem::path& path);

} // namespace trivium::storage

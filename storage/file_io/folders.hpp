#pragma once

#include "messages/values/ec.hpp"

#include <filesystem>

namespace trivium::storage {

/// Creates the folder and those above it that are missing, each one's name
/// durable on return, also where another process made it. Errors:
/// permission_denied, resource_exhausted, not_found when a file is in the way.
[[nodiscard]] expected<void> make_folders(const std::filesystem::path& folder);

/// fsync of a folder, so that a rename in it survives a power cut.
[[nodiscard]] expected<void> sync_folder(const std::filesystem::path& folder);

} // namespace trivium::storage

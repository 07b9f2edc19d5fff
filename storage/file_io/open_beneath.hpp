#pragma once

#include "messages/values/ec.hpp"

#include <filesystem>
#include <string>

namespace trivium::storage {

/// Opens what `relative` names beneath `folder`, with these flags besides
/// O_CLOEXEC, and follows no link on the way: openat2(RESOLVE_BENEATH |
/// RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS). The descriptor is the caller's
/// to close. Errors: not_found (with O_DIRECTORY also for a file),
/// permission_denied for what leaves the folder or is or passes a link,
/// invalid_argument (no usable name).
[[nodiscard]] expected<int> open_beneath(const std::filesystem::path& folder,
                                         const std::string& relative,
                                         int flags);

} // namespace trivium::storage

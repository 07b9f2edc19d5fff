#pragma once

#include "messages/values/ec.hpp"

#include <filesystem>
#include <string>

namespace trivium::storage {

/// A path as error texts show it: control characters escaped.
[[nodiscard]] std::string shown(const std::filesystem::path& path);

/// "PATH: cannot open: Permission denied" with the code that fits `number`:
/// ENOENT not_found, EACCES/EPERM/EROFS permission_denied, ENOSPC/EDQUOT/
/// ENOMEM/EMFILE resource_exhausted, else unavailable.
[[nodiscard]] error errno_error(int number, std::string_view what,
                                const std::filesystem::path& path);

} // namespace trivium::storage

#pragma once

#include <string>
#include <string_view>

namespace trivium {

/// A stranger's name as error texts show it: in quotes, printable, cut after
/// 128 bytes.
[[nodiscard]] std::string shown_name(std::string_view name);

} // namespace trivium

#pragma once

#include <string_view>

namespace trivium::domain {

/// True when `text` as a whole matches `pattern`: '*' stands for any bytes,
/// also none and also '/', '?' for exactly one byte, everything else for
/// itself. O(pattern · text) at worst, no recursion, no allocation.
[[nodiscard]] bool glob_matches(std::string_view pattern,
                                std::string_view text);

} // namespace trivium::domain

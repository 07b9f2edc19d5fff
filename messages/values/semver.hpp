#pragma once

#include "messages/values/ec.hpp"

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace trivium {

/// Semantic Versioning 2.0.0. Build metadata is kept for display and ignored
/// by the order, as its §10 says.
struct semver {
  uint64_t major = 0;
  uint64_t minor = 0;
  uint64_t patch = 0;
  std::string pre_release; ///< Without the '-'; empty for a release.
  std::string build;       ///< Without the '+'.

  /// At most 128 bytes. Error: invalid_argument.
  [[nodiscard]] static expected<semver> parse(std::string_view text);

  /// The same version with the patch number one higher, no suffixes.
  [[nodiscard]] semver next_patch() const {
    return {major, minor, patch + 1, {}, {}};
  }

  /// Precedence of §11.
  friend std::strong_ordering operator<=>(const semver& a, const semver& b);
  friend bool operator==(const semver& a, const semver& b) {
    return (a <=> b) == 0;
  }
};

[[nodiscard]] std::string to_string(const semver& version);

} // namespace trivium

#pragma once

#include "messages/values/digest.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace trivium::actors {

/// Which versions a pull's folder showed, and whether those who run the last
/// one were told: what DIR/.history holds. docs/formats/pull_folder.md.
struct use_history {
  std::vector<digest> uses;  ///< Each once, the last use last.
  bool is_announced = false; ///< The hook of the last use has ended.

  /// Puts `version` at the end, not announced.
  void use(const digest& version);

  friend bool operator==(const use_history&, const use_history&) = default;
};

[[nodiscard]] std::string to_text(const use_history& history);

/// Of the lines that are understood: what is damaged costs the order of old
/// versions, never a switch.
[[nodiscard]] use_history read_use_history(std::string_view text);

} // namespace trivium::actors

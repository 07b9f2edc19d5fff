#pragma once

#include "messages/values/records.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace trivium::tools::repl {

/// What text is made for.
struct screen {
  size_t width = 0; ///< Columns; 0: no terminal, no limit.
  size_t height = 0;
  bool is_coloured = false;
  unix_ms now = 0; ///< For ages.
};

/// The terminal behind standard output as it is at this moment.
[[nodiscard]] screen current_screen();

/// What a colour says.
enum class tint : uint8_t { none = 0, strong, good, busy, bad, faint };

/// `text` in its colour and plain again; as it is where there are no colours.
[[nodiscard]] std::string painted(std::string_view text, tint colour,
                                  const screen& on);

/// Of a state's name: "Verified", "Failed", "running", "restarting", …
[[nodiscard]] tint tint_of(std::string_view state);

/// "2026-11-22 14:03:05" in local time; "–" for 0.
[[nodiscard]] std::string local_time(unix_ms at);

/// "just now", "3 min ago", "5 h ago", "12 days ago"; "–" for 0.
[[nodiscard]] std::string age(unix_ms at, unix_ms now);

/// `text` in at most `width` columns, "…" in place of what was cut.
[[nodiscard]] std::string shortened(std::string_view text, size_t width);

} // namespace trivium::tools::repl

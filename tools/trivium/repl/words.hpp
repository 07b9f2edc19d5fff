#pragma once

#include "messages/values/ec.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace trivium::tools::repl {

/// The words of a command, cut as a shell does: spaces and tabs separate,
/// '…' holds anything, "…" anything but \" and \\, a backslash takes the next
/// byte as it is, '#' where a word would begin opens a comment. Nothing is
/// expanded. Error: invalid_argument for an open quote or a last backslash.
[[nodiscard]] expected<std::vector<std::string>>
split_words(std::string_view line);

/// A line that is still being written.
struct open_line {
  std::vector<std::string> words; ///< Those that are complete.
  std::string last;               ///< The one at the end, empty after a space.
  char quote = 0;                 ///< That `last` stands in: ', " or none.
};

/// The same for a line up to the cursor; knows no errors.
[[nodiscard]] open_line split_open_line(std::string_view line);

/// `text` as it is typed behind an open `quote` (0: none), so that split_words
/// reads it back.
[[nodiscard]] std::string escaped(std::string_view text, char quote);

} // namespace trivium::tools::repl

#pragma once

#include "tools/trivium/repl/registration_view.hpp"
#include "tools/trivium/repl/session.hpp"

#include <string>
#include <vector>

namespace trivium::tools::repl {

struct watch_options {
  std::string prefix;
  revision from = 0;
  std::vector<std::string> kinds;
  uint64_t count = 0; ///< 0: without end.

  [[nodiscard]] bool is_given() const {
    return !prefix.empty() || from != 0 || !kinds.empty() || count != 0;
  }
};

/// Shows events, a line each, until somebody presses Enter or Ctrl-C or so many
/// have come. Errors: invalid_argument, and those that end a watch.
[[nodiscard]] expected<void> watch_events(session& s,
                                          const watch_options& wanted);

} // namespace trivium::tools::repl

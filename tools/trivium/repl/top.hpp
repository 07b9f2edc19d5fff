#pragma once

#include "tools/trivium/repl/session.hpp"

namespace trivium::tools::repl {

/// Lanes and jobs, twice a second on a screen of their own until somebody
/// presses q or Ctrl-C; once where there is no terminal, or with JSON.
[[nodiscard]] expected<void> run_top(session& s);

} // namespace trivium::tools::repl

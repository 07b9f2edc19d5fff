#pragma once

#include "tools/trivium/repl/session.hpp"

#include <string_view>

namespace trivium::tools::repl {

/// Reads one line, runs its command, reports what went wrong. Returns the exit
/// code: 0 done (or nothing to do), 2 wrong usage, else the error's.
int run_line(session& s, std::string_view line);

} // namespace trivium::tools::repl

#pragma once

#include "tools/trivium/repl/line_reader.hpp"
#include "tools/trivium/repl/session.hpp"

#include <string>
#include <vector>

namespace trivium::tools::repl {

/// Runs the lines of a script until one fails; its errors name the line.
/// Returns the exit code of the one that failed, 130 after Ctrl-C.
int run_script(session& s, line_reader& lines);

/// The same for commands of the command line.
int run_commands(session& s, const std::vector<std::string>& given);

} // namespace trivium::tools::repl

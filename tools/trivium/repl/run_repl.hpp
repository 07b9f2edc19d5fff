#pragma once

#include "actors/client/client.hpp"

#include <string>
#include <vector>

namespace trivium::tools::repl {

/// What `trivium repl` was called with.
struct repl_options {
  client_options connection;
  std::vector<std::string> commands; ///< -c, in order; empty: standard input.
  bool as_json = false;
  bool is_quiet = false;
  std::string version; ///< Of this program.
};

/// Runs the console: at a terminal until somebody leaves, else the commands
/// until one fails. Returns the exit code: 0, that of the first command that
/// failed, 130 after Ctrl-C.
int run_repl(const repl_options& options);

} // namespace trivium::tools::repl

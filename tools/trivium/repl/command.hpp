#pragma once

#include "messages/values/ec.hpp"
#include "tools/trivium/repl/completion.hpp"

#include <CLI/CLI.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace trivium::tools::repl {

struct session;

/// A command whose words were read.
struct bound_command {
  std::function<expected<void>(session&)> run;
  /// What it is about to do that cannot be taken back; an empty text: nothing.
  /// Unset for commands that only add or read.
  std::function<expected<std::string>(session&)> question{};
};

/// A row of the console's table of commands.
struct repl_command {
  std::string_view group;
  std::string_view name;
  std::string_view help;    ///< A line.
  std::string_view example; ///< Lines, each a command.
  /// Takes --yes.
  bool is_destructive = false;
  /// Adds its options to `app`; their values reach `bound` when they are read.
  void (*prepare)(CLI::App& app, bound_command& bound);
};

/// All of them, group by group.
[[nodiscard]] const std::vector<repl_command>& commands();

// The groups.
[[nodiscard]] std::vector<repl_command> registry_commands();
[[nodiscard]] std::vector<repl_command> registration_commands();
[[nodiscard]] std::vector<repl_command> alias_commands();
[[nodiscard]] std::vector<repl_command> job_commands();
[[nodiscard]] std::vector<repl_command> job_control_commands();
[[nodiscard]] std::vector<repl_command> store_commands();
[[nodiscard]] std::vector<repl_command> node_commands();
[[nodiscard]] std::vector<repl_command> console_commands();

/// The command as CLI11 reads it, with --json, --yes and --help.
struct prepared_command {
  explicit prepared_command(const repl_command& definition);

  CLI::App app;
  bound_command bound;
  bool as_json = false;
  bool is_agreed = false;
};

/// " MODEL:VERSION", " [PREFIX]", " record|check": what follows the name.
[[nodiscard]] std::string positionals_of(const CLI::App& app);

/// What completion knows about the command.
[[nodiscard]] command_shape shape_of(const CLI::App& app);
[[nodiscard]] std::vector<command_shape> shapes();

} // namespace trivium::tools::repl

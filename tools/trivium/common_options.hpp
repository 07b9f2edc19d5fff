#pragma once

#include "config/settings.hpp"
#include "messages/values/ec.hpp"
#include "messages/values/envelope.hpp"

#include <filesystem>
#include <string>

namespace trivium::tools {

/// What every command takes.
struct common_options {
  std::string store;      ///< --store, else TRIVIUM_STORE, else the settings.
  std::string name_space; ///< --namespace; empty: the settings.
  std::string config;     ///< --config
  bool json = false;
  bool quiet = false;
  std::string log_level; ///< --log-level; empty: the settings.

  /// Settings file, then options on top; `unsaid` is the log's level where none
  /// of them says one: a command's own report says what happened. Errors: those
  /// of load_settings.
  [[nodiscard]] expected<config::settings>
  settings(config::log_level unsaid = config::log_level::off) const;
};

/// What a command runs with.
struct command_context {
  common_options options;
  config::settings settings;
  envelope from;                 ///< Its cancel token is set by signals.
  std::filesystem::path program; ///< This binary.
  bool was_told_to_stop = false; ///< A signal was its proper end: exit 0.
};

} // namespace trivium::tools

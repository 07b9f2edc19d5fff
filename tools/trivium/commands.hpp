#pragma once

#include "tools/trivium/common_options.hpp"

#include <CLI/CLI.hpp>

#include <functional>

namespace trivium::tools {

/// What the command line asked for; returns the exit code.
using command = std::function<int(command_context&)>;

// Each adds its command to `app`; when it is chosen, it sets `chosen`.
void add_pipeline(CLI::App& app, command& chosen);
void add_quantize(CLI::App& app, command& chosen);
void add_register(CLI::App& app, command& chosen);
void add_golden(CLI::App& app, command& chosen);
void add_pull(CLI::App& app, command& chosen);
void add_serve(CLI::App& app, command& chosen);
void add_store(CLI::App& app, command& chosen);
void add_recipes(CLI::App& app, command& chosen);
void add_devices(CLI::App& app, command& chosen);
void add_version(CLI::App& app, command& chosen);
void add_repl(CLI::App& app, command& chosen);

} // namespace trivium::tools

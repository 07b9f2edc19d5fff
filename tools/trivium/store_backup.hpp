#pragma once

#include "tools/trivium/commands.hpp"

namespace trivium::tools {

// Each adds its command to `store`.
void add_backup(CLI::App& store, command& chosen);
void add_restore(CLI::App& store, command& chosen);
void add_check(CLI::App& store, command& chosen);

} // namespace trivium::tools

#pragma once

#include <CLI/CLI.hpp>

namespace trivium::tools {

/// Exit code of a command that was called wrongly.
inline constexpr int wrong_usage = 2;

/// `--out "$UNSET"` is a slip, not a wish for the default: no option of `app`
/// or of its commands takes an empty value.
void refuse_empty_values(CLI::App& app);

} // namespace trivium::tools

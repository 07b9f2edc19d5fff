#pragma once

#include "messages/values/ec.hpp"

#include <string>
#include <string_view>

namespace trivium::accelerators {

/// Exit codes of the worker that mean more than "failed".
inline constexpr int exit_out_of_memory = 86;
inline constexpr int exit_cannot_start = 127;

/// The last lines of what the worker wrote to stderr, printable, on one line,
/// at most 512 bytes.
[[nodiscard]] std::string last_words(std::string_view stderr_tail);

/// What an end without an answer means. `status` is waitpid's. Codes: internal
/// (crashed, with the signal's name), resource_exhausted (memory, or killed
/// from outside), deadline_exceeded (processor time used up), unavailable
/// (could not be started).
[[nodiscard]] error post_mortem(int status, std::string_view stderr_tail);

} // namespace trivium::accelerators

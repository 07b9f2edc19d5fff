#pragma once

#include "messages/values/envelope.hpp"

#include <chrono>

namespace trivium::tools {

/// Blocks SIGINT and SIGTERM for this thread and all that it starts. Call it
/// before the first thread.
void block_stop_signals();

/// Waits for SIGINT or SIGTERM on a thread of its own: the first cancels
/// `cancel` and gives the work 1.8 s to end; then, or at a second signal, the
/// process leaves with 128 + signal. What is half-written has no final name.
void cancel_on_signal(const cancel_token& cancel);

/// What the work gets after the first signal, instead of 1.8 s.
void set_stop_grace(std::chrono::milliseconds grace);

/// Returns when the first signal has come.
void wait_for_stop_signal();

/// The signal that came, or 0.
[[nodiscard]] int stop_signal();

} // namespace trivium::tools

#pragma once

#include "messages/values/envelope.hpp"

#include <chrono>
#include <functional>

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

/// What a command does with signals that outlives a Ctrl-C. Both run on the
/// thread of cancel_on_signal.
struct signal_handlers {
  std::function<void()> interrupted; ///< SIGINT; the process goes on.
  std::function<void()> leaving;     ///< SIGTERM; then it leaves at once, 143.
};

/// From now on signals do that; empty handlers: again what cancel_on_signal
/// says. When it returns, no handler of before runs any more.
void on_signals(signal_handlers handlers);

/// The signal that came and ends the process, or 0.
[[nodiscard]] int stop_signal();

} // namespace trivium::tools

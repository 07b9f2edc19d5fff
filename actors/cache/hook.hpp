#pragma once

#include "messages/values/ec.hpp"
#include "messages/values/envelope.hpp"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace trivium::actors {

/// A command that somebody wants run after a switch.
struct hook {
  std::string command; ///< For /bin/sh -c.
  /// On top of this process's own.
  std::vector<std::pair<std::string, std::string>> environment{};
  std::chrono::milliseconds limit{60'000};
};

/// Runs it as a process group of its own, its input empty, its output on our
/// stderr, no other descriptor open, and waits. At the limit or a stop the
/// group gets SIGTERM, half a second later SIGKILL. Errors: failed_precondition
/// (it ended otherwise than with 0), deadline_exceeded, cancelled, unavailable
/// (it could not be started).
[[nodiscard]] expected<void> run_hook(const hook& wanted,
                                      const cancel_token& cancel);

} // namespace trivium::actors

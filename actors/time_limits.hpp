#pragma once

#include "messages/values/envelope.hpp"

#include <chrono>

namespace trivium::actors {

/// An answer from memory, or one synced commit on a busy disk.
inline constexpr std::chrono::seconds command_limit{30};

/// A step of a job: copying or computing a whole model.
/// (CAF counts at most in minutes.)
inline constexpr std::chrono::minutes step_limit{24 * 60};

/// One tile; a lane that takes longer hangs.
inline constexpr std::chrono::minutes tile_limit{10};

[[nodiscard]] inline bool is_overdue(const envelope& from) {
  return std::chrono::system_clock::now() > from.deadline;
}

} // namespace trivium::actors

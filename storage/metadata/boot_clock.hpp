#pragma once

#include <cstdint>
#include <string>

namespace trivium::storage {

/// Nanoseconds since the machine started, counted while it sleeps too: what a
/// step of the wall clock does not change. CLOCK_BOOTTIME.
[[nodiscard]] uint64_t uptime_ns();

/// The kernel's name for this start of the machine, 36 characters. Where it
/// tells none, a name that no other call gives.
[[nodiscard]] std::string boot_id();

} // namespace trivium::storage

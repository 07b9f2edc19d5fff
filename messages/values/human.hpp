#pragma once

#include "messages/values/ec.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace trivium {

// What tables and one-line messages show. Machines read JSON, which has the
// exact numbers. Three significant digits; a figure that is not finite or not
// known is "–".

/// Decimal units: "512 B", "1.20 kB", "21.2 MB", "4.29 GB".
[[nodiscard]] std::string human_bytes(uint64_t bytes);

/// "840 µs", "8.4 ms", "0.84 s", "12.3 s", "2 min 05 s", "1 h 02 min".
[[nodiscard]] std::string human_seconds(double seconds);

/// Bytes per second: "1.23 GB/s"; "–" when no time passed.
[[nodiscard]] std::string human_rate(uint64_t bytes, double seconds);

/// part / whole: "26.8 %"; "–" for an empty whole.
[[nodiscard]] std::string human_percent(double part, double whole);

/// "44.0 dB"; "exact" for +∞, where nothing differs.
[[nodiscard]] std::string human_decibels(double decibels);

/// "12,345,678"
[[nodiscard]] std::string human_count(uint64_t count);

/// A size as people write it: "4096", "512 MiB", "1.5GB"; "4k" is refused.
/// Units B, kB, MB, GB, TB, KiB, MiB, GiB, TiB, case ignored; a fraction is
/// rounded down to a byte. Error: invalid_argument, also beyond 2^63 − 1.
[[nodiscard]] expected<uint64_t> parse_bytes(std::string_view text);

/// What parse_bytes reads back as the same number: "1 MiB", "1500000".
[[nodiscard]] std::string exact_bytes(uint64_t bytes);

/// "500 ms", "120 s", "2 min", "1 h"; the unit is demanded. A
/// fraction is rounded down to a millisecond; at most a year. Error:
/// invalid_argument.
[[nodiscard]] expected<std::chrono::milliseconds>
parse_duration(std::string_view text);

/// What parse_duration reads back as the same time: "2 min", "1500 ms".
[[nodiscard]] std::string exact_duration(std::chrono::milliseconds time);

} // namespace trivium

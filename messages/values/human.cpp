#include "messages/values/human.hpp"

#include "messages/values/names.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <optional>

namespace trivium {

namespace {

constexpr std::string_view not_known = "–";

std::string fixed(double value, int decimals) {
  std::array<char, 64> buffer{};
  const auto [end, error] =
    std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                  std::chars_format::fixed, decimals);
  return error == std::errc{} ? std::string{buffer.data(), end}
                              : std::string{not_known};
}

/// Three significant digits for 1 ≤ value < 999.5.
std::string three_digits(double value) {
  return fixed(value, value < 9.995 ? 2 : value < 99.95 ? 1 : 0);
}

/// `value` in the largest of the units B, kB, … that leaves it at least 1.
std::string scaled(double value) {
  constexpr std::array<std::string_view, 6> units{"kB", "MB", "GB",
                                                  "TB", "PB", "EB"};
  auto unit = units.begin();
  value /= 1000;
  for (; value >= 999.5 && unit + 1 != units.end(); ++unit)
    value /= 1000;
  return three_digits(value) + " " + std::string{*unit};
}

std::string two_digits(uint64_t number) {
  return (number < 10 ? "0" : "") + std::to_string(number);
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  if (a.size() != b.size())
    return false;
  for (size_t i = 0; i < a.size(); ++i)
    if (lower(a[i]) != lower(b[i]))
      return false;
  return true;
}

/// "1.5 GB" cut in two; the number may hold digits and one '.'.
struct measure {
  std::string_view number;
  std::string_view unit;
};

measure split(std::string_view text) {
  const auto digits = text.find_first_not_of("0123456789.");
  if (digits == std::string_view::npos)
    return {text, {}};
  auto unit = text.substr(digits);
  if (unit.front() == ' ')
    unit.remove_prefix(1);
  return {text.substr(0, digits), unit};
}

template <class Number>
bool read(std::string_view text, Number& number) {
  const auto end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, number);
  return result.ec == std::errc{} && result.ptr == end;
}

/// number × factor where it is a whole number or a fraction, rounded down, and
/// below 2^63; whole numbers are not rounded on the way.
std::optional<uint64_t> product(std::string_view number, uint64_t factor) {
  constexpr auto most = uint64_t{1} << 63;
  uint64_t whole = 0;
  if (read(number, whole)) {
    if (__builtin_mul_overflow(whole, factor, &whole) || whole >= most)
      return std::nullopt;
    return whole;
  }
  double fraction = 0;
  if (!read(number, fraction)
      || !(fraction * static_cast<double>(factor) < 0x1p63))
    return std::nullopt;
  return static_cast<uint64_t>(fraction * static_cast<double>(factor));
}

} // namespace

std::string human_bytes(uint64_t bytes) {
  if (bytes < 1000)
    return std::to_string(bytes) + " B";
  return scaled(static_cast<double>(bytes));
}

std::string human_seconds(double seconds) {
  if (!std::isfinite(seconds) || seconds < 0 || seconds > 1e9)
    return std::string{not_known};
  if (seconds < 0.0009995)
    return fixed(seconds * 1e6, 0) + " µs";
  if (seconds < 0.00995)
    return fixed(seconds * 1e3, 1) + " ms";
  if (seconds < 9.995)
    return fixed(seconds, 2) + " s";
  if (seconds < 99.95)
    return fixed(seconds, 1) + " s";
  const auto whole = static_cast<uint64_t>(std::llround(seconds));
  if (whole < 3600)
    return std::to_string(whole / 60) + " min " + two_digits(whole % 60) + " s";
  return std::to_string(whole / 3600) + " h " + two_digits(whole / 60 % 60)
         + " min";
}

std::string human_rate(uint64_t bytes, double seconds) {
  const auto rate = static_cast<double>(bytes) / seconds;
  if (!std::isfinite(rate) || seconds <= 0)
    return std::string{not_known};
  return (rate < 999.5 ? fixed(rate, 0) + " B" : scaled(rate)) + "/s";
}

std::string human_percent(double part, double whole) {
  const auto percent = 100 * part / whole;
  return std::isfinite(percent) ? fixed(percent, 1) + " %"
                                : std::string{not_known};
}

std::string human_decibels(double decibels) {
  if (std::isinf(decibels) && decibels > 0)
    return "exact";
  return std::isfinite(decibels) ? fixed(decibels, 1) + " dB"
                                 : std::string{not_known};
}

std::string human_count(uint64_t count) {
  auto text = std::to_string(count);
  for (auto i = text.size(); i > 3; i -= 3)
    text.insert(i - 3, ",");
  return text;
}

expected<uint64_t> parse_bytes(std::string_view text) {
  struct unit {
    std::string_view name;
    uint64_t bytes;
  };
  constexpr uint64_t one = 1;
  constexpr std::array units{
    unit{"", 1},
    unit{"B", 1},
    unit{"kB", 1'000},
    unit{"MB", 1'000'000},
    unit{"GB", 1'000'000'000},
    unit{"TB", 1'000'000'000'000},
    unit{"KiB", one << 10},
    unit{"MiB", one << 20},
    unit{"GiB", one << 30},
    unit{"TiB", one << 40},
  };
  const auto seen = split(text);
  for (const auto& u : units)
    if (equals_ignoring_case(u.name, seen.unit))
      if (const auto bytes = product(seen.number, u.bytes))
        return *bytes;
  return fail(ec::invalid_argument, "\"" + printable(text.substr(0, 64))
                                      + "\" is no size (as 4096, 512 MiB, "
                                        "1.5 GB)");
}

std::string exact_bytes(uint64_t bytes) {
  constexpr std::array<std::string_view, 5> units{"", " KiB", " MiB", " GiB",
                                                  " TiB"};
  size_t unit = 0;
  for (; bytes != 0 && bytes % 1024 == 0 && unit + 1 < units.size(); ++unit)
    bytes /= 1024;
  return std::to_string(bytes) + std::string{units[unit]};
}

expected<std::chrono::milliseconds> parse_duration(std::string_view text) {
  struct unit {
    std::string_view name;
    uint64_t milliseconds;
  };
  constexpr std::array units{unit{"ms", 1}, unit{"s", 1'000},
                             unit{"min", 60'000}, unit{"h", 3'600'000}};
  constexpr uint64_t year = uint64_t{366} * 24 * 3'600'000;
  const auto seen = split(text);
  for (const auto& u : units)
    if (u.name == seen.unit)
      if (const auto time = product(seen.number, u.milliseconds);
          time && *time <= year)
        return std::chrono::milliseconds{*time};
  return fail(ec::invalid_argument, "\"" + printable(text.substr(0, 64))
                                      + "\" is no duration (as 500 ms, 120 s, "
                                        "2 min, 1 h)");
}

std::string exact_duration(std::chrono::milliseconds time) {
  const auto count = time.count();
  if (count == 0 || count % 1000 != 0)
    return std::to_string(count) + " ms";
  if (count % 3'600'000 == 0)
    return std::to_string(count / 3'600'000) + " h";
  if (count % 60'000 == 0)
    return std::to_string(count / 60'000) + " min";
  return std::to_string(count / 1000) + " s";
}

} // namespace trivium

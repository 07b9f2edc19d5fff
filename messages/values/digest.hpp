#pragma once

#include "messages/values/ec.hpp"

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace trivium {

/// A SHA-256. Default-constructed: all zero, which `is_set()` calls unset.
class digest {
public:
  static constexpr size_t size_bytes = 32;

  digest() = default;
  explicit digest(std::array<uint8_t, size_bytes> bytes) : bytes_(bytes) {}

  /// From exactly 64 lower-case hex digits. Error: invalid_argument.
  [[nodiscard]] static expected<digest> parse(std::string_view hex);

  [[nodiscard]] const std::array<uint8_t, size_bytes>& bytes() const {
    return bytes_;
  }
  [[nodiscard]] bool is_set() const { return *this != digest{}; }

  friend auto operator<=>(const digest&, const digest&) = default;

private:
  std::array<uint8_t, size_bytes> bytes_{};
};

/// 64 lower-case hex digits.
[[nodiscard]] std::string to_string(const digest& d);

/// The first 12 hex digits, for tables.
[[nodiscard]] std::string abbreviated(const digest& d);

} // namespace trivium

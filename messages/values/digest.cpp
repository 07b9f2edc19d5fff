#include "messages/values/digest.hpp"

namespace trivium {

namespace {

int nibble(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  return -1;
}

} // namespace

expected<digest> digest::parse(std::string_view hex) {
  if (hex.size() != 2 * size_bytes)
    return fail(ec::invalid_argument, "a digest has 64 hex digits, not "
                                        + std::to_string(hex.size()));
  std::array<uint8_t, size_bytes> bytes{};
  for (size_t i = 0; i < size_bytes; ++i) {
    const auto high = nibble(hex[2 * i]);
    const auto low = nibble(hex[2 * i + 1]);
    if (high < 0 || low < 0)
      return fail(ec::invalid_argument,
                  "a digest has only lower-case hex digits");
    bytes[i] = static_cast<uint8_t>(high << 4 | low);
  }
  return digest{bytes};
}

std::string to_string(const digest& d) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * digest::size_bytes);
  for (const auto byte : d.bytes()) {
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

std::string abbreviated(const digest& d) { return to_string(d).substr(0, 12); }

} // namespace trivium

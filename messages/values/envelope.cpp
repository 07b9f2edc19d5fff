#include "messages/values/envelope.hpp"

#include "messages/values/names.hpp"

#include <algorithm>

namespace trivium {

namespace {

/// The value of a lower-case hex digit, or -1.
int digit_value(char digit) {
  if (digit >= '0' && digit <= '9')
    return digit - '0';
  return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

/// True when all of `text` are digits; fills `bytes` from its beginning.
template <size_t N>
bool read_hex(std::string_view text, std::array<uint8_t, N>& bytes) {
  for (size_t i = 0; i < N; ++i) {
    const auto high = digit_value(text[2 * i]);
    const auto low = digit_value(text[2 * i + 1]);
    if (high < 0 || low < 0)
      return false;
    bytes[i] = static_cast<uint8_t>(high << 4 | low);
  }
  return true;
}

} // namespace

expected<trace_context> parse_traceparent(std::string_view text) {
  trace_context trace;
  std::array<uint8_t, 1> flags{};
  constexpr size_t size = 55; // of version 00
  if (text.size() != size || !text.starts_with("00-") || text[35] != '-'
      || text[52] != '-' || !read_hex(text.substr(3), trace.trace_id)
      || !read_hex(text.substr(36), trace.span_id)
      || !read_hex(text.substr(53), flags)
      || trace.trace_id == std::array<uint8_t, 16>{})
    return fail(ec::invalid_argument,
                "traceparent \"" + printable(text.substr(0, 64))
                  + "\": wanted 00-TRACE-SPAN-FLAGS in hex digits");
  trace.is_sampled = (flags[0] & 1) != 0;
  return trace;
}

std::string trace_id_text(const trace_context& trace) {
  constexpr char digits[] = "0123456789abcdef";
  std::string text;
  text.reserve(2 * trace.trace_id.size());
  for (const auto byte : trace.trace_id) {
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

} // namespace trivium

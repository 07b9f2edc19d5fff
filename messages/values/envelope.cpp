#include "messages/values/envelope.hpp"

namespace trivium {

std::string trace_id_text(const trace_context& trace) {
  constexpr char digits[] = "0123456789abcdef";
  std::string text;
  for (const auto byte : trace.trace_id) {
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

} // namespace trivium

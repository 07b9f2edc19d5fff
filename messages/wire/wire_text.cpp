#include "messages/wire/wire_text.hpp"

#include "messages/values/names.hpp"

namespace trivium {

std::string wire_text(std::string_view text) {
  constexpr std::string_view rest = "…";
  auto out = printable(text.substr(0, max_text_bytes + 1));
  if (out.size() <= max_text_bytes)
    return out;
  auto kept = max_text_bytes - rest.size();
  while ((out[kept] & 0xc0) == 0x80) // not inside a character
    --kept;
  return out.substr(0, kept).append(rest);
}

std::string utf8_text(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto length = utf8_length(text);
    out += length == 0 ? printable(text.substr(0, 1)) : text.substr(0, length);
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

} // namespace trivium

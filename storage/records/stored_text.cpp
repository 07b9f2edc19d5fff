#include "storage/records/stored_text.hpp"

#include "messages/values/names.hpp"

namespace trivium::storage {

std::string stored_text(std::string_view text) {
  constexpr std::string_view rest = "…";
  auto out = printable(text.substr(0, max_text_bytes + 1));
  if (out.size() <= max_text_bytes)
    return out;
  auto kept = max_text_bytes - rest.size();
  while ((out[kept] & 0xc0) == 0x80) // not inside a character
    --kept;
  return out.substr(0, kept).append(rest);
}

} // namespace trivium::storage

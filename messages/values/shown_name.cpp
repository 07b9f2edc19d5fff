#include "messages/values/shown_name.hpp"

#include "messages/values/names.hpp"

namespace trivium {

std::string shown_name(std::string_view name) {
  constexpr size_t longest = 128;
  return "\"" + printable(name.substr(0, longest))
         + (name.size() > longest ? "…\"" : "\"");
}

} // namespace trivium

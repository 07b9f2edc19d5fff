#include "messages/values/recipe.hpp"

#include <array>

namespace trivium {

std::string_view to_string(scheme s) {
  constexpr std::array<std::string_view, 4> names{"keep", "int8_channel",
                                                  "int8_row_ct", "q8_0"};
  return names.at(static_cast<size_t>(s));
}

} // namespace trivium

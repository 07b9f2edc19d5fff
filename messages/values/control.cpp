#include "messages/values/control.hpp"

#include <array>

namespace trivium {

std::string_view to_string(job_kind kind) {
  constexpr std::array<std::string_view, 3> names{"pipeline", "register",
                                                  "quantize"};
  return names.at(static_cast<size_t>(kind));
}

} // namespace trivium

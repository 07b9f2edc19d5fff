#include "messages/values/registrations.hpp"

namespace trivium {

std::string_view to_string(consistency level) {
  switch (level) {
  case consistency::at_revision:
    return "at_revision";
  case consistency::cached:
    return "cached";
  default:
    return "linearizable";
  }
}

} // namespace trivium

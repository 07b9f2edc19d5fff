#pragma once

#include "messages/values/ec.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>

namespace trivium {

/// What a client is told beside an error's text.
struct error_context {
  std::string field{}; ///< Of the request, where it is to blame.
  std::map<std::string, std::string> metadata{}; ///< "current_revision": "7".
};

/// When to come back; none where the same call fails again.
[[nodiscard]] constexpr std::optional<std::chrono::milliseconds>
retry_after(ec code) {
  using std::chrono::milliseconds;
  switch (code) {
  case ec::unavailable:
    return milliseconds{100};
  case ec::resource_exhausted:
    return milliseconds{1000};
  case ec::conflict:
    return milliseconds{10};
  default:
    return std::nullopt;
  }
}

} // namespace trivium

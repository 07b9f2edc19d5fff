#pragma once

#include <string>

namespace trivium::tools {

/// "2026-11-22T14:03:05Z", now.
[[nodiscard]] std::string rfc3339_now();

} // namespace trivium::tools

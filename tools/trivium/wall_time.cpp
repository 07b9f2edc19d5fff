#include "tools/trivium/wall_time.hpp"

#include <array>
#include <ctime>

namespace trivium::tools {

std::string rfc3339_now() {
  const auto now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text.data();
}

} // namespace trivium::tools

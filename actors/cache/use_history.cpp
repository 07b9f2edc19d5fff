#include "actors/cache/use_history.hpp"

#include <algorithm>

namespace trivium::actors {

namespace {

constexpr std::string_view title = "trivium pull folder 1";
constexpr std::string_view announced = " announced";
constexpr size_t digest_digits = 2 * digest::size_bytes;

} // namespace

void use_history::use(const digest& version) {
  uses.erase(std::remove(uses.begin(), uses.end(), version), uses.end());
  uses.push_back(version);
  is_announced = false;
}

std::string to_text(const use_history& history) {
  auto text = std::string{title} + "\n";
  for (const auto& version : history.uses) {
    text += to_string(version);
    if (history.is_announced && version == history.uses.back())
      text += announced;
    text += "\n";
  }
  return text;
}

use_history read_use_history(std::string_view text) {
  use_history history;
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const auto version = digest::parse(line.substr(0, digest_digits));
    if (!version)
      continue;
    history.use(*version);
    history.is_announced =
      line.substr(std::min(line.size(), digest_digits)) == announced;
  }
  return history;
}

} // namespace trivium::actors

#include "tools/trivium/repl/facts.hpp"

#include "tools/trivium/terminal.hpp"

#include <algorithm>

namespace trivium::tools::repl {

void facts::add(std::string_view label, std::string text) {
  if (!text.empty())
    lines_.emplace_back(label, std::move(text));
}

std::string facts::text() const {
  size_t width = 0;
  for (const auto& [label, text] : lines_)
    width = std::max(width, display_width(label));
  std::string all;
  for (const auto& [label, text] : lines_)
    all +=
      label + std::string(width - display_width(label) + 2, ' ') + text + "\n";
  return all;
}

} // namespace trivium::tools::repl

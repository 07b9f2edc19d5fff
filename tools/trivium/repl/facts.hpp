#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace trivium::tools::repl {

/// Lines of "label  text", the labels as wide as the widest.
class facts {
public:
  /// Nothing is added for an empty text.
  void add(std::string_view label, std::string text);

  [[nodiscard]] std::string text() const;

private:
  std::vector<std::pair<std::string, std::string>> lines_;
};

} // namespace trivium::tools::repl

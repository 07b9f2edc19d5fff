#pragma once

#include <ostream>
#include <string>
#include <utility>

namespace trivium {

/// Text that must never be shown: there is no conversion, and every way of
/// printing gives "***".
class secret {
public:
  secret() = default;
  explicit secret(std::string text) : text_(std::move(text)) {}

  /// The text itself, for the one call that authenticates with it.
  [[nodiscard]] const std::string& reveal() const { return text_; }

  friend std::ostream& operator<<(std::ostream& out, const secret&) {
    return out << "***";
  }

private:
  std::string text_;
};

[[nodiscard]] inline std::string to_string(const secret&) { return "***"; }

} // namespace trivium

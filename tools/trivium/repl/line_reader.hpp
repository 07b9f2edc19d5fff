#pragma once

#include "messages/values/ec.hpp"

#include <optional>
#include <string>

namespace trivium::tools::repl {

/// Lines of a pipe, file or terminal, read without waiting longer than wanted.
class line_reader {
public:
  /// The longest line, in bytes.
  static constexpr size_t limit = size_t{1} << 20;

  /// Reads `fd` until `stop` (another one) can be read.
  line_reader(int fd, int stop) : fd_(fd), stop_(stop) {}

  /// The next line without its end; nothing at the end of input. Errors:
  /// cancelled (`stop`), resource_exhausted (a longer line), unavailable.
  [[nodiscard]] expected<std::optional<std::string>> next();

private:
  int fd_;
  int stop_;
  std::string read_; ///< And not yet given away.
  bool has_ended_ = false;
};

} // namespace trivium::tools::repl

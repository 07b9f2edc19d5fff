#pragma once

#include "storage/file_io/readable_file.hpp"

#include <cstring>
#include <string>
#include <type_traits>
#include <vector>

namespace trivium::storage {

/// Reads a file from front to back through a small window: little-endian
/// numbers, strings, and leaps over what is not wanted. Every length is
/// compared with the bytes that are left before anything is allocated.
class byte_cursor {
public:
  explicit byte_cursor(const readable_file& file) : file_(file) {}

  [[nodiscard]] uint64_t position() const { return position_; }
  [[nodiscard]] uint64_t left() const { return file_.size() - position_; }

  /// Errors, of all: invalid_argument at the end of the file, those of reading.
  template <class Number>
  [[nodiscard]] expected<Number> number() {
    static_assert(std::is_arithmetic_v<Number>);
    TRIVIUM_CHECK(need(sizeof(Number)));
    Number value;
    std::memcpy(&value, window_.data() + (position_ - window_begin_),
                sizeof(Number));
    position_ += sizeof(Number);
    return value;
  }

  /// A string behind its 64-bit length of at most `limit` bytes.
  [[nodiscard]] expected<std::string> text(uint64_t limit);

  [[nodiscard]] expected<void> skip(uint64_t bytes);

private:
  /// Makes `bytes` (a few) from the position readable in the window.
  [[nodiscard]] expected<void> need(size_t bytes);
  [[nodiscard]] error ends_early(uint64_t wanted) const;

  const readable_file& file_;
  uint64_t position_ = 0;
  uint64_t window_begin_ = 0;
  std::vector<std::byte> window_;
};

} // namespace trivium::storage

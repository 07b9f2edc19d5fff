#include "storage/formats/gguf/byte_cursor.hpp"

#include <algorithm>
#include <bit>

namespace trivium::storage {

static_assert(std::endian::native == std::endian::little,
              "GGUF is little-endian and read as it is");

namespace {

constexpr uint64_t window_bytes = 64 << 10;

} // namespace

error byte_cursor::ends_early(uint64_t wanted) const {
  return {ec::invalid_argument, std::to_string(wanted) + " bytes wanted, "
                                  + std::to_string(left()) + " left at offset "
                                  + std::to_string(position_)};
}

expected<void> byte_cursor::need(size_t bytes) {
  if (bytes > left())
    return fail(ends_early(bytes));
  if (position_ >= window_begin_
      && position_ + bytes <= window_begin_ + window_.size())
    return {};
  window_begin_ = position_;
  window_.resize(std::min(window_bytes, left()));
  return file_.read(window_begin_, window_);
}

expected<std::string> byte_cursor::text(uint64_t limit) {
  TRIVIUM_TRY(const auto length, number<uint64_t>());
  if (length > left())
    return fail(ends_early(length));
  if (length > limit)
    return fail(ec::invalid_argument,
                "a string of " + std::to_string(length) + " bytes at offset "
                  + std::to_string(position_) + ", the most is "
                  + std::to_string(limit));
  std::string text(length, '\0');
  if (length <= window_bytes) {
    TRIVIUM_CHECK(need(length));
    std::memcpy(text.data(), window_.data() + (position_ - window_begin_),
                length);
  } else {
    TRIVIUM_CHECK(
      file_.read(position_, std::as_writable_bytes(std::span{text})));
  }
  position_ += length;
  return text;
}

expected<void> byte_cursor::skip(uint64_t bytes) {
  if (bytes > left())
    return fail(ends_early(bytes));
  position_ += bytes;
  return {};
}

} // namespace trivium::storage

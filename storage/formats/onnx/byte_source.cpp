#include "storage/formats/onnx/byte_source.hpp"

#include "storage/file_io/readable_file.hpp"

#include <algorithm>
#include <cstring>

namespace trivium::storage::onnx_io {

uint64_t file_bytes::size() const { return file_.size(); }

expected<void> file_bytes::read(uint64_t offset,
                                std::span<std::byte> out) const {
  return file_.read(offset, out);
}

expected<void> string_bytes::read(uint64_t offset,
                                  std::span<std::byte> out) const {
  std::memcpy(out.data(), bytes_.data() + offset, out.size());
  return {};
}

expected<std::string_view> source_window::at(uint64_t offset, size_t wanted) {
  const auto left = source_.size() - offset;
  const auto count = static_cast<size_t>(std::min<uint64_t>(wanted, left));
  if (offset < begin_ || offset - begin_ > filled_
      || filled_ - (offset - begin_) < count)
    TRIVIUM_CHECK(fill(offset));
  return std::string_view{buffer_.data() + (offset - begin_), count};
}

expected<void> source_window::fill(uint64_t offset) {
  begin_ = offset;
  filled_ = static_cast<size_t>(
    std::min<uint64_t>(buffer_.size(), source_.size() - offset));
  return source_.read(
    offset, std::as_writable_bytes(std::span{buffer_.data(), filled_}));
}

} // namespace trivium::storage::onnx_io

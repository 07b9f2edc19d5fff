#pragma once

#include "messages/values/ec.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace trivium::storage {
class readable_file;
}

namespace trivium::storage::onnx_io {

/// Serialised bytes with random access: a file or a string.
class byte_source {
public:
  virtual ~byte_source() = default;
  [[nodiscard]] virtual uint64_t size() const = 0;
  /// @pre The range lies inside the source.
  [[nodiscard]] virtual expected<void> read(uint64_t offset,
                                            std::span<std::byte> out) const = 0;
};

class file_bytes final : public byte_source {
public:
  explicit file_bytes(const readable_file& file) : file_(file) {}
  [[nodiscard]] uint64_t size() const override;
  [[nodiscard]] expected<void> read(uint64_t offset,
                                    std::span<std::byte> out) const override;

private:
  const readable_file& file_;
};

class string_bytes final : public byte_source {
public:
  explicit string_bytes(std::string_view bytes) : bytes_(bytes) {}
  [[nodiscard]] uint64_t size() const override { return bytes_.size(); }
  [[nodiscard]] expected<void> read(uint64_t offset,
                                    std::span<std::byte> out) const override;

private:
  std::string_view bytes_;
};

/// A small piece of a source that moves along as a reader goes.
class source_window {
public:
  explicit source_window(const byte_source& source) : source_(source) {}

  [[nodiscard]] uint64_t size() const { return source_.size(); }

  /// Up to `wanted` bytes at `offset`; fewer only at the end of the source.
  /// Valid until the next call. @pre wanted ≤ 16 KiB, offset ≤ size().
  [[nodiscard]] expected<std::string_view> at(uint64_t offset, size_t wanted);

private:
  expected<void> fill(uint64_t offset);

  const byte_source& source_;
  std::array<char, 16384> buffer_;
  uint64_t begin_ = 0;
  size_t filled_ = 0;
};

} // namespace trivium::storage::onnx_io

#pragma once

#include "messages/values/tensor_type.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace trivium::test {

/// Writes `bytes` to `path`, and the folders above it; returns `path`.
std::filesystem::path write(const std::filesystem::path& path,
                            std::string_view bytes);

/// All bytes of the file; empty when it cannot be read.
[[nodiscard]] std::string read(const std::filesystem::path& path);

/// A .safetensors file: length, `header` as it stands, `data`.
[[nodiscard]] std::string safetensors_file(std::string_view header,
                                           std::string_view data);

/// `"name":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}`
[[nodiscard]] std::string safetensors_member(std::string_view name,
                                             std::string_view dtype,
                                             const tensor_shape& shape,
                                             uint64_t begin, uint64_t end);

/// `count` floats, little-endian f32, that differ from each other.
[[nodiscard]] std::string ramp_f32(size_t count);

/// Writes a GGUF file field by field, so that each can be wrong.
class gguf_bytes {
public:
  gguf_bytes& u8(uint8_t value);
  gguf_bytes& u32(uint32_t value);
  gguf_bytes& u64(uint64_t value);
  gguf_bytes& text(std::string_view value);
  gguf_bytes& raw(std::string_view value);

  /// "GGUF", version 3 and the counts.
  gguf_bytes& start(uint64_t tensors, uint64_t keys);
  gguf_bytes& u32_key(std::string_view name, uint32_t value);
  gguf_bytes& text_key(std::string_view name, std::string_view value);
  /// `extents` innermost first, as in the file.
  gguf_bytes& tensor(std::string_view name,
                     const std::vector<uint64_t>& extents, uint32_t type,
                     uint64_t offset);
  gguf_bytes& pad(size_t alignment = 32);

  [[nodiscard]] const std::string& bytes() const { return bytes_; }

private:
  std::string bytes_;
};

} // namespace trivium::test

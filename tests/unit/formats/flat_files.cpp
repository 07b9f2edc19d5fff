#include "tests/unit/formats/flat_files.hpp"

#include <cstring>
#include <fstream>
#include <iterator>

namespace trivium::test {

namespace {

template <class Number>
void append(std::string& bytes, Number value) {
  char raw[sizeof(Number)];
  std::memcpy(raw, &value, sizeof(Number));
  bytes.append(raw, sizeof(Number));
}

} // namespace

std::filesystem::path write(const std::filesystem::path& path,
                            std::string_view bytes) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream{path, std::ios::binary}.write(
    bytes.data(), static_cast<std::streamsize>(bytes.size()));
  return path;
}

std::string read(const std::filesystem::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

std::string safetensors_file(std::string_view header, std::string_view data) {
  std::string bytes;
  append(bytes, uint64_t{header.size()});
  return bytes.append(header).append(data);
}

std::string safetensors_member(std::string_view name, std::string_view dtype,
                               const tensor_shape& shape, uint64_t begin,
                               uint64_t end) {
  return "\"" + std::string{name} + "\":{\"dtype\":\"" + std::string{dtype}
         + "\",\"shape\":" + to_string(shape) + ",\"data_offsets\":["
         + std::to_string(begin) + "," + std::to_string(end) + "]}";
}

std::string ramp_f32(size_t count) {
  std::string bytes;
  for (size_t i = 0; i < count; ++i)
    append(bytes, (static_cast<float>(i) - 7.0f) * 0.37f);
  return bytes;
}

gguf_bytes& gguf_bytes::u8(uint8_t value) {
  append(bytes_, value);
  return *this;
}

gguf_bytes& gguf_bytes::u32(uint32_t value) {
  append(bytes_, value);
  return *this;
}

gguf_bytes& gguf_bytes::u64(uint64_t value) {
  append(bytes_, value);
  return *this;
}

gguf_bytes& gguf_bytes::text(std::string_view value) {
  return u64(value.size()).raw(value);
}

gguf_bytes& gguf_bytes::raw(std::string_view value) {
  bytes_ += value;
  return *this;
}

gguf_bytes& gguf_bytes::start(uint64_t tensors, uint64_t keys) {
  return raw("GGUF").u32(3).u64(tensors).u64(keys);
}

gguf_bytes& gguf_bytes::u32_key(std::string_view name, uint32_t value) {
  return text(name).u32(4).u32(value);
}

gguf_bytes& gguf_bytes::text_key(std::string_view name,
                                 std::string_view value) {
  return text(name).u32(8).text(value);
}

gguf_bytes& gguf_bytes::tensor(std::string_view name,
                               const std::vector<uint64_t>& extents,
                               uint32_t type, uint64_t offset) {
  text(name).u32(static_cast<uint32_t>(extents.size()));
  for (const auto extent : extents)
    u64(extent);
  return u32(type).u64(offset);
}

gguf_bytes& gguf_bytes::pad(size_t alignment) {
  while (bytes_.size() % alignment != 0)
    bytes_ += '\0';
  return *this;
}

} // namespace trivium::test

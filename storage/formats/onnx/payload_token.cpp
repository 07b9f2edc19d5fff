#include "storage/formats/onnx/payload_token.hpp"

#include <cstdint>
#include <cstring>

namespace trivium::storage::onnx_io {

namespace {

constexpr std::string_view magic = "\x7ftrivium payload";
static_assert(magic.size() == token_magic_bytes);

} // namespace

std::string make_token(size_t content) {
  std::string token{magic};
  const auto index = static_cast<uint64_t>(content);
  token.resize(token_bytes);
  std::memcpy(token.data() + token_magic_bytes, &index, sizeof(index));
  return token;
}

bool begins_like_token(std::string_view bytes) {
  return bytes.substr(0, token_magic_bytes) == magic;
}

std::optional<size_t> read_token(std::string_view bytes) {
  if (bytes.size() != token_bytes || !begins_like_token(bytes))
    return std::nullopt;
  uint64_t index = 0;
  std::memcpy(&index, bytes.data() + token_magic_bytes, sizeof(index));
  return static_cast<size_t>(index);
}

} // namespace trivium::storage::onnx_io

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace trivium::storage::onnx_io {

/// A token stands in raw_data for bytes that stay in a file: 16 fixed bytes,
/// then the index of the content. Raw data that happens to begin like a token
/// is always replaced by one, so nothing in a file can pass for a token.
inline constexpr size_t token_magic_bytes = 16;
inline constexpr size_t token_bytes = 24;

[[nodiscard]] std::string make_token(size_t content);

/// True when `bytes` begins with the fixed part.
[[nodiscard]] bool begins_like_token(std::string_view bytes);

/// The index in a token; nothing for other bytes.
[[nodiscard]] std::optional<size_t> read_token(std::string_view bytes);

} // namespace trivium::storage::onnx_io

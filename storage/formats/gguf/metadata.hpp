#pragma once

#include "storage/formats/gguf/byte_cursor.hpp"
#include "storage/formats/gguf/header.hpp"

#include <string>
#include <string_view>

namespace trivium::storage {

/// Reads one key and leaps over its value, checking that the value is whole:
/// arrays of arrays are refused, as ggml does.
/// Errors: invalid_argument, unsupported (value type).
[[nodiscard]] expected<gguf_key> read_gguf_key(byte_cursor& cursor);

/// The value of an integer key that is not negative.
/// Error: invalid_argument.
[[nodiscard]] expected<uint64_t> read_gguf_natural(const readable_file& file,
                                                   const gguf_key& key);

/// A whole key with an UINT32 value, as a file holds it.
[[nodiscard]] std::string gguf_u32_key(std::string_view name, uint32_t value);

/// Appends `value` little-endian.
void append_u32(std::string& bytes, uint32_t value);
void append_u64(std::string& bytes, uint64_t value);
/// Appends a length of 64 bits and the text.
void append_text(std::string& bytes, std::string_view text);

} // namespace trivium::storage

#pragma once

#include "storage/file_io/readable_file.hpp"
#include "storage/formats/gguf/ggml_type.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace trivium::storage {

/// Types of metadata values, as numbered in a file.
enum class gguf_value_type : uint32_t {
  u8,
  i8,
  u16,
  i16,
  u32,
  i32,
  f32,
  boolean,
  string,
  array,
  u64,
  i64,
  f64
};

/// One key of the metadata: where it lies, not what it says.
struct gguf_key {
  std::string name;
  gguf_value_type type = gguf_value_type::u8;
  uint64_t begin = 0;       ///< Offset of the key's length in the file.
  uint64_t value_begin = 0; ///< Offset of the value, behind its type.
  uint64_t end = 0;         ///< One past the value.
};

/// One tensor info.
struct gguf_tensor {
  std::string name;
  const ggml_type* type = nullptr; ///< Never null; static storage.
  std::vector<uint64_t> extents;   ///< As in the file: innermost first.
  uint64_t offset = 0;             ///< From the start of the data.
  uint64_t size = 0;               ///< Bytes, without padding.
};

struct gguf_header {
  std::vector<gguf_key> keys;
  std::vector<gguf_tensor> tensors; ///< In the order of the file.
  uint64_t keys_begin = 0;          ///< Offset of the first key.
  uint64_t keys_end = 0;            ///< One past the last key.
  uint64_t alignment = 32;
  uint64_t data_offset = 0;
  uint64_t parts = 1; ///< split.count: files that make the model.
};

/// Reads and checks the header of a GGUF 3 file: each name once, tensors
/// aligned, in order, without overlaps, inside the file.
/// Errors: invalid_argument, unsupported (version, byte order, tensor type),
/// resource_exhausted (more than max_gguf_keys, max_tensors).
[[nodiscard]] expected<gguf_header> read_gguf_header(const readable_file& file);

/// The length of a tensor's or a key's name, in bytes.
inline constexpr uint64_t max_gguf_tensor_name = 63;
inline constexpr uint64_t max_gguf_key = 65535;

/// A vocabulary is one key with an array; real models have some 50 keys.
inline constexpr uint64_t max_gguf_keys = 65536;

} // namespace trivium::storage

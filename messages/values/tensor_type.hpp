#pragma once

#include "messages/values/ec.hpp"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace trivium {

/// What one element (or one block of elements) of a tensor is stored as.
enum class tensor_type : uint8_t {
  unknown = 0,
  f64,
  f32,
  f16,
  bf16,
  i64,
  i32,
  i16,
  i8,
  u64,
  u32,
  u16,
  u8,
  boolean,
  q8_0,  ///< ggml: 32 elements = one f16 scale + 32 int8 = 34 bytes.
  opaque ///< A type of the source format that only passes through.
};

/// How many elements share one stored block, and its size.
struct block_geometry {
  uint32_t elements = 1;
  uint32_t bytes = 0; ///< 0 when the size of one block is not known.
};

[[nodiscard]] block_geometry geometry(tensor_type type);

/// "f32", "bf16", "q8_0", …; what tables and JSON show.
[[nodiscard]] std::string_view to_string(tensor_type type);

/// The inverse of to_string; `unknown` for anything else.
[[nodiscard]] tensor_type tensor_type_from(std::string_view name);

/// True for f32, f16 and bf16: what the kernels can read as weights.
[[nodiscard]] bool is_quantizable_source(tensor_type type);

using tensor_shape = std::vector<uint64_t>;

/// Product of the dimensions (1 for a scalar). Error: invalid_argument when it
/// does not fit 63 bits.
[[nodiscard]] expected<uint64_t> element_count(std::span<const uint64_t> shape);

/// Stored bytes of `elements` elements. Errors: invalid_argument when the
/// product overflows, a block is cut, or the type's size is not known.
[[nodiscard]] expected<uint64_t> size_bytes(tensor_type type,
                                            uint64_t elements);

/// "[768, 3072]"
[[nodiscard]] std::string to_string(std::span<const uint64_t> shape);

} // namespace trivium

#pragma once

#include "messages/values/ec.hpp"
#include "messages/values/tensor_type.hpp"

#include <cstdint>
#include <string_view>

namespace trivium::storage {

/// An element type of the safetensors format. `name` is what a header says.
struct safetensors_dtype {
  std::string_view name;
  tensor_type type = tensor_type::opaque;
  uint32_t bits = 0; ///< Of one element: 4 and 6 exist.
};

/// The row of `name`, or null. The list is that of safetensors 0.6.
[[nodiscard]] const safetensors_dtype* find_dtype(std::string_view name);

/// The row that stores `type`; never null for f64 … boolean.
[[nodiscard]] const safetensors_dtype* dtype_of(tensor_type type);

/// Bytes of `elements` elements. Error: invalid_argument when they exceed 2^63
/// or end within a byte.
[[nodiscard]] expected<uint64_t> dtype_bytes(const safetensors_dtype& dtype,
                                             uint64_t elements);

} // namespace trivium::storage

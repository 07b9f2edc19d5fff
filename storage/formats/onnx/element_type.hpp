#pragma once

#include "messages/values/tensor_type.hpp"

#include <cstdint>

namespace trivium::storage::onnx_io {

/// What TensorProto.data_type says of the elements.
struct element_type {
  tensor_type type = tensor_type::unknown; ///< opaque where we have no name.
  uint32_t bits = 0;                       ///< 0 = strings.
  uint32_t field = 0;                      ///< The typed field; 0 = none.
};

/// By number: the enum of an older libonnx ends before the newest types.
/// `unknown` for numbers that ONNX 1.22 does not define.
[[nodiscard]] element_type element_type_of(int32_t data_type);

/// Bytes of `elements` elements, sub-byte types packed. Error:
/// invalid_argument when they exceed 2^63.
[[nodiscard]] expected<uint64_t> size_bytes(const element_type& type,
                                            uint64_t elements);

} // namespace trivium::storage::onnx_io

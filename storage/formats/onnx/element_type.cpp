#include "storage/formats/onnx/element_type.hpp"

#include "storage/formats/onnx/wire_scan.hpp"

#include <array>

namespace trivium::storage::onnx_io {

namespace {

/// onnx.proto of 1.22: TensorProto.DataType and the comments at the data
/// fields.
constexpr std::array types{
  element_type{},                                      // UNDEFINED
  element_type{tensor_type::f32, 32, float_data},      // FLOAT
  element_type{tensor_type::u8, 8, int32_data},        // UINT8
  element_type{tensor_type::i8, 8, int32_data},        // INT8
  element_type{tensor_type::u16, 16, int32_data},      // UINT16
  element_type{tensor_type::i16, 16, int32_data},      // INT16
  element_type{tensor_type::i32, 32, int32_data},      // INT32
  element_type{tensor_type::i64, 64, int64_data},      // INT64
  element_type{tensor_type::opaque, 0, 0},             // STRING
  element_type{tensor_type::boolean, 8, int32_data},   // BOOL
  element_type{tensor_type::f16, 16, int32_data},      // FLOAT16
  element_type{tensor_type::f64, 64, double_data},     // DOUBLE
  element_type{tensor_type::u32, 32, uint64_data},     // UINT32
  element_type{tensor_type::u64, 64, uint64_data},     // UINT64
  element_type{tensor_type::opaque, 64, float_data},   // COMPLEX64
  element_type{tensor_type::opaque, 128, double_data}, // COMPLEX128
  element_type{tensor_type::bf16, 16, int32_data},     // BFLOAT16
  element_type{tensor_type::opaque, 8, int32_data},    // FLOAT8E4M3FN
  element_type{tensor_type::opaque, 8, int32_data},    // FLOAT8E4M3FNUZ
  element_type{tensor_type::opaque, 8, int32_data},    // FLOAT8E5M2
  element_type{tensor_type::opaque, 8, int32_data},    // FLOAT8E5M2FNUZ
  element_type{tensor_type::opaque, 4, int32_data},    // UINT4
  element_type{tensor_type::opaque, 4, int32_data},    // INT4
  element_type{tensor_type::opaque, 4, int32_data},    // FLOAT4E2M1
  element_type{tensor_type::opaque, 8, int32_data},    // FLOAT8E8M0
  element_type{tensor_type::opaque, 2, int32_data},    // UINT2
  element_type{tensor_type::opaque, 2, int32_data},    // INT2
};

} // namespace

element_type element_type_of(int32_t data_type) {
  const auto index = static_cast<uint32_t>(data_type);
  return index < types.size() ? types[index] : element_type{};
}

expected<uint64_t> size_bytes(const element_type& type, uint64_t elements) {
  uint64_t bytes = 0;
  if (type.bits < 8) { // several in a byte, the last one padded
    const auto in_byte = type.bits == 0 ? 1 : 8 / type.bits;
    return elements / in_byte + (elements % in_byte != 0 ? 1 : 0);
  }
  if (__builtin_mul_overflow(elements, uint64_t{type.bits / 8}, &bytes)
      || bytes >> 63 != 0)
    return fail(ec::invalid_argument,
                std::to_string(elements) + " elements exceed 2^63 bytes");
  return bytes;
}

} // namespace trivium::storage::onnx_io

#include "storage/formats/safetensors/dtype.hpp"

#include <array>

namespace trivium::storage {

namespace {

constexpr std::array dtypes{
  safetensors_dtype{"F64", tensor_type::f64, 64},
  safetensors_dtype{"F32", tensor_type::f32, 32},
  safetensors_dtype{"F16", tensor_type::f16, 16},
  safetensors_dtype{"BF16", tensor_type::bf16, 16},
  safetensors_dtype{"I64", tensor_type::i64, 64},
  safetensors_dtype{"I32", tensor_type::i32, 32},
  safetensors_dtype{"I16", tensor_type::i16, 16},
  safetensors_dtype{"I8", tensor_type::i8, 8},
  safetensors_dtype{"U64", tensor_type::u64, 64},
  safetensors_dtype{"U32", tensor_type::u32, 32},
  safetensors_dtype{"U16", tensor_type::u16, 16},
  safetensors_dtype{"U8", tensor_type::u8, 8},
  safetensors_dtype{"BOOL", tensor_type::boolean, 8},
  safetensors_dtype{"C64", tensor_type::opaque, 64},
  safetensors_dtype{"F8_E4M3", tensor_type::opaque, 8},
  safetensors_dtype{"F8_E5M2", tensor_type::opaque, 8},
  safetensors_dtype{"F8_E8M0", tensor_type::opaque, 8},
  safetensors_dtype{"F8_E4M3FNUZ", tensor_type::opaque, 8},
  safetensors_dtype{"F8_E5M2FNUZ", tensor_type::opaque, 8},
  safetensors_dtype{"F6_E2M3", tensor_type::opaque, 6},
  safetensors_dtype{"F6_E3M2", tensor_type::opaque, 6},
  safetensors_dtype{"F4", tensor_type::opaque, 4},
};

constexpr uint64_t most = uint64_t{1} << 63;

} // namespace

const safetensors_dtype* find_dtype(std::string_view name) {
  for (const auto& row : dtypes)
    if (row.name == name)
      return &row;
  return nullptr;
}

const safetensors_dtype* dtype_of(tensor_type type) {
  for (const auto& row : dtypes)
    if (row.type == type && type != tensor_type::opaque)
      return &row;
  return nullptr;
}

expected<uint64_t> dtype_bytes(const safetensors_dtype& dtype,
                               uint64_t elements) {
  uint64_t bits = 0;
  // 2^63 bytes are 2^66 bits: groups of eight elements keep the product small.
  if (__builtin_mul_overflow(elements / 8, uint64_t{dtype.bits}, &bits)
      || bits >= most)
    return fail(ec::invalid_argument,
                std::to_string(elements) + " elements exceed 2^63 bytes");
  const auto rest = elements % 8 * dtype.bits;
  if (rest % 8 != 0)
    return fail(ec::invalid_argument, std::to_string(elements) + " elements of "
                                        + std::to_string(dtype.bits)
                                        + " bits end within a byte");
  return bits + rest / 8;
}

} // namespace trivium::storage

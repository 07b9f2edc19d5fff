#include "messages/values/tensor_type.hpp"

#include <array>
#include <utility>

namespace trivium {

namespace {

struct row {
  tensor_type type;
  std::string_view name;
  block_geometry block;
};

constexpr std::array rows{
  row{tensor_type::unknown, "unknown", {1, 0}},
  row{tensor_type::f64, "f64", {1, 8}},
  row{tensor_type::f32, "f32", {1, 4}},
  row{tensor_type::f16, "f16", {1, 2}},
  row{tensor_type::bf16, "bf16", {1, 2}},
  row{tensor_type::i64, "i64", {1, 8}},
  row{tensor_type::i32, "i32", {1, 4}},
  row{tensor_type::i16, "i16", {1, 2}},
  row{tensor_type::i8, "i8", {1, 1}},
  row{tensor_type::u64, "u64", {1, 8}},
  row{tensor_type::u32, "u32", {1, 4}},
  row{tensor_type::u16, "u16", {1, 2}},
  row{tensor_type::u8, "u8", {1, 1}},
  row{tensor_type::boolean, "bool", {1, 1}},
  row{tensor_type::q8_0, "q8_0", {32, 34}},
  row{tensor_type::opaque, "opaque", {1, 0}},
};

constexpr uint64_t most = uint64_t{1} << 63;

const row& row_of(tensor_type type) {
  const auto index = static_cast<size_t>(type);
  return index < rows.size() ? rows[index] : rows.front();
}

} // namespace

block_geometry geometry(tensor_type type) { return row_of(type).block; }

std::string_view to_string(tensor_type type) { return row_of(type).name; }

tensor_type tensor_type_from(std::string_view name) {
  for (const auto& r : rows)
    if (r.name == name)
      return r.type;
  return tensor_type::unknown;
}

bool is_quantizable_source(tensor_type type) {
  return type == tensor_type::f32 || type == tensor_type::f16
         || type == tensor_type::bf16;
}

expected<uint64_t> element_count(std::span<const uint64_t> shape) {
  uint64_t product = 1;
  for (const auto dimension : shape)
    if (__builtin_mul_overflow(product, dimension, &product) || product >= most)
      return fail(ec::invalid_argument,
                  "shape " + to_string(shape) + " has more than 2^63 elements");
  return product;
}

expected<uint64_t> size_bytes(tensor_type type, uint64_t elements) {
  const auto block = geometry(type);
  if (block.bytes == 0)
    return fail(ec::invalid_argument, "the size of type "
                                        + std::string{to_string(type)}
                                        + " is not known");
  if (elements % block.elements != 0)
    return fail(ec::invalid_argument,
                std::to_string(elements) + " elements are no whole number of "
                  + std::string{to_string(type)} + " blocks");
  uint64_t bytes = 0;
  if (__builtin_mul_overflow(elements / block.elements, uint64_t{block.bytes},
                             &bytes)
      || bytes >= most)
    return fail(ec::invalid_argument,
                std::to_string(elements) + " elements exceed 2^63 bytes");
  return bytes;
}

std::string to_string(std::span<const uint64_t> shape) {
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); ++i)
    text += (i == 0 ? "" : ", ") + std::to_string(shape[i]);
  return text + "]";
}

} // namespace trivium

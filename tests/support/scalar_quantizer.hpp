#pragma once

#include "messages/values/recipe.hpp"
#include "messages/values/tensor_type.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace trivium::test {

/// The values of `bytes`, stored as f32, f16 or bf16, as floats.
[[nodiscard]] std::vector<float> to_floats(std::span<const std::byte> bytes,
                                           tensor_type type);

/// `value` stored as f32, f16 or bf16, rounded half to even.
[[nodiscard]] std::string stored(float value, tensor_type type);

/// The quantized form of one tensor; `scales` is empty for q8_0.
struct quantized_bytes {
  std::string values;
  std::string scales;
};

/// What a test compares files with: written for reading, from the definitions
/// of the schemes in messages/values/recipe.hpp, element by element. `x` is
/// [outer, channels, inner], row-major; `type` is the weight's own.
[[nodiscard]] quantized_bytes quantize(std::span<const float> x, scheme action,
                                       tensor_type type, size_t channels,
                                       size_t inner);

} // namespace trivium::test

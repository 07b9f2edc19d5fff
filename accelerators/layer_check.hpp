#pragma once

#include "messages/values/ec.hpp"
#include "messages/values/error_sums.hpp"

#include <cstdint>
#include <span>
#include <string>

namespace trivium::accelerators {

/// Compares a linear layer's output before and after quantization:
/// Y = X·Wᵀ against Ŷ = X·Ŵᵀ, both f32 GEMMs by oneDNN.
/// x [samples, inputs], w and approximation [outputs, inputs], row-major f32.
/// Error: internal when oneDNN refuses.
[[nodiscard]] expected<error_sums>
compare_layer_outputs(std::span<const float> x, std::span<const float> w,
                      std::span<const float> approximation, uint64_t samples,
                      uint64_t inputs, uint64_t outputs);

/// "oneDNN 2.6.3", for reports.
[[nodiscard]] std::string onednn_name();

} // namespace trivium::accelerators

#pragma once

#include "messages/values/ec.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace trivium::storage {

/// What config.json says that matters to quantization.
struct model_config {
  bool is_quantized = false; ///< Has a quantization_config.
  std::vector<std::string> architectures;
};

/// The longest config.json or index that is read, in bytes.
inline constexpr uint64_t max_config_bytes = 64 << 20;

/// Error: invalid_argument when `text` is no JSON object.
[[nodiscard]] expected<model_config> read_model_config(std::string_view text);

/// Which modules are stored how, for `quantization_config`.
struct compressed_modules {
  std::vector<std::string> embeddings; ///< Quantized, weights only.
  std::vector<std::string> ignore;     ///< Linear modules that stay float.
};

/// The JSON value of "quantization_config" for compressed-tensors 0.20
/// `int-quantized`: int8 weights per channel, int8 activations per token,
/// chosen at run time. See docs/formats/safetensors.md.
[[nodiscard]] std::string
quantization_config(const compressed_modules& modules);

/// `config` with the member "quantization_config" behind its last one; every
/// other byte stays. Empty `config`: a document of that member only.
/// Errors: invalid_argument (no JSON object), unsupported (has one already).
[[nodiscard]] expected<std::string>
with_quantization_config(std::string_view config, std::string_view value);

} // namespace trivium::storage

#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace trivium::accelerators::test {

/// One of ggml's types of blocks.
struct ggml_format {
  uint32_t elements = 0; ///< Of a block, and
  uint32_t bytes = 0;    ///< what it takes.
  /// As dequantize_row_… of ggml.
  void (*decode)(const uint8_t* block, float* out) = nullptr;
};

/// Of "q4_0", "q4_k" or "q6_k".
[[nodiscard]] ggml_format ggml_format_of(const std::string& name);

[[nodiscard]] std::vector<float> decoded(const ggml_format& format,
                                         const std::vector<uint8_t>& blocks);

} // namespace trivium::accelerators::test

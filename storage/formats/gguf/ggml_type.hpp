#pragma once

#include "messages/values/tensor_type.hpp"

#include <cstdint>
#include <string_view>

namespace trivium::storage {

/// A tensor type of ggml: how many elements one block holds, in how many bytes.
struct ggml_type {
  uint32_t id = 0; ///< As written in a GGUF file.
  std::string_view name;
  tensor_type type = tensor_type::opaque;
  block_geometry block;
};

inline constexpr uint32_t ggml_type_q8_0 = 8;

/// The row of `id`, or null for ids that ggml has dropped or not given yet.
/// The list is that of gguf 0.19.
[[nodiscard]] const ggml_type* find_ggml_type(uint32_t id);

} // namespace trivium::storage

#pragma once

#include "storage/formats/gguf/header.hpp"

#include <string>
#include <string_view>

namespace trivium::storage {

/// "Linear", "Embedding", "Head", "Norm" or "Other", by ggml's tensor names.
[[nodiscard]] std::string_view gguf_operator(const gguf_tensor& tensor);

/// Why `tensor` stays as it is; empty when its rows may become Q8_0. The list
/// of names is llama.cpp's (tensor_allows_quantization); where its rows are no
/// whole blocks, llama.cpp falls back to F16 and we keep the tensor.
[[nodiscard]] std::string gguf_keep_reason(const gguf_tensor& tensor);

} // namespace trivium::storage

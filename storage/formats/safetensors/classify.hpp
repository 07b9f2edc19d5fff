#pragma once

#include "messages/values/tensor_type.hpp"

#include <string>
#include <string_view>

namespace trivium::storage {

/// What a tensor is to its model, told by its name and shape: names are all
/// that a safetensors file says about modules.
struct tensor_use {
  /// "Linear", "Embedding", "Head", "Norm", "Other".
  std::string_view operator_name = "Other";
  std::string keep_reason; ///< Empty: rows can be quantized.
};

/// `name` "encoder.layer.0.attention.self.query.weight", `shape` row-major.
/// A Linear is [outputs, inputs], as torch.nn.Linear stores it.
[[nodiscard]] tensor_use classify(std::string_view name, tensor_type type,
                                  const tensor_shape& shape);

/// "a.b" of "a.b.weight"; empty where the name does not end so.
[[nodiscard]] std::string_view module_of(std::string_view tensor_name);

} // namespace trivium::storage

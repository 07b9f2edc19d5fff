#pragma once

#include "messages/values/recipe.hpp"
#include "messages/values/tensor_type.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace trivium {

/// What happens to one tensor of a model. `tensor` indexes the model's list.
struct tensor_decision {
  size_t tensor = 0;
  scheme action = scheme::keep;
  std::string reason; ///< The rule, or why the tensor is kept.
  uint64_t bytes_before = 0;
  uint64_t bytes_after = 0; ///< Values and scales.
};

/// One decision a tensor, in the order of the model's list.
struct quantization_plan {
  std::vector<tensor_decision> decisions;

  [[nodiscard]] size_t quantized() const {
    size_t count = 0;
    for (const auto& d : decisions)
      count += d.action != scheme::keep;
    return count;
  }
};

} // namespace trivium

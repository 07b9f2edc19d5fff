#pragma once

#include "messages/values/tensor_type.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace trivium::domain {

/// What the planner needs to know of one tensor; the format's own view of it
/// (`storage::tensor_info`) stays with the format.
struct plan_subject {
  std::string name;
  tensor_type type = tensor_type::unknown;
  tensor_shape shape;
  std::vector<std::string> operators; ///< What reads it, sorted.
  bool has_channel_axis = false;      ///< False: the format cannot quantize it.
  std::string keep_reason;            ///< Why, when it cannot.
  uint64_t bytes_before = 0;
};

} // namespace trivium::domain

#pragma once

#include "messages/values/tensor_type.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace trivium {

/// A tensor with its bytes, row-major, little endian: an input or output of a
/// graph, a calibration sample.
struct tensor_value {
  std::string name;
  tensor_type type = tensor_type::f32;
  tensor_shape shape;
  std::vector<std::byte> bytes;
};

/// What a graph says of one input or output; −1 = any size.
struct tensor_signature {
  std::string name;
  tensor_type type = tensor_type::f32;
  std::vector<int64_t> shape;
};

} // namespace trivium

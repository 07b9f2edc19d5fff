#pragma once

#include "messages/values/ec.hpp"
#include "messages/values/shown_name.hpp"

namespace trivium::storage {

/// Names and shapes stand in reports and in records of at most 1 MiB. Modules
/// nested deeply give names of some 200 bytes; 1024 is what a path may have.
inline constexpr size_t max_tensor_name = 1024;

/// As NumPy.
inline constexpr size_t max_rank = 64;

/// Tensors of one model. Mixtures with each expert's matrices by themselves
/// have some 50,000.
inline constexpr size_t max_tensors = size_t{1} << 18;

/// `what` ("onnx: initializer") opens the error text. Error: invalid_argument.
[[nodiscard]] inline expected<void> check_tensor_name(const std::string& what,
                                                      std::string_view name) {
  if (name.size() <= max_tensor_name)
    return {};
  return fail(ec::invalid_argument,
              what + " " + shown_name(name) + ": a name of "
                + std::to_string(name.size()) + " bytes, the most is "
                + std::to_string(max_tensor_name));
}

} // namespace trivium::storage

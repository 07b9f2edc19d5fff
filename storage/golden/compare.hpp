#pragma once

#include "messages/values/error_sums.hpp"
#include "messages/values/tensor_value.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace trivium::storage {

/// Two floats agree when |expected − got| ≤ absolute + relative · |expected|:
/// sound near zero, where a purely relative bound explodes.
struct tolerance {
  double absolute = 0;
  double relative = 0;
};

/// The element that differs most.
struct element_error {
  uint64_t index = 0; ///< Into the row-major tensor.
  double expected = 0;
  double got = 0;
};

/// One output held against its golden values; over all cases when added up.
struct output_comparison {
  std::string name;
  /// Finite pairs only. A pair of which one is not finite, or both differently,
  /// makes noise and max_error infinite: it can meet no gate.
  error_sums sums;
  /// Elements outside the tolerance; for integers and booleans, unequal ones.
  uint64_t mismatches = 0;
  element_error worst;    ///< Meaningless while sums.max_error is 0.
  std::string worst_case; ///< The case it was seen in; set by whoever adds up.

  /// Joins what another case showed of the same output.
  output_comparison& operator+=(const output_comparison& other);
};

/// Compares output by output, in the order of `golden`, matched by name. NaN
/// agrees with NaN, an infinity with itself. Error: invalid_argument when an
/// output is missing or has another type or shape.
[[nodiscard]] expected<std::vector<output_comparison>>
compare_outputs(std::span<const tensor_value> golden,
                std::span<const tensor_value> got, const tolerance& allowed);

} // namespace trivium::storage

#pragma once

#include "messages/values/error_sums.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace trivium::domain {

/// Error sums with the name of what they are of: a graph output over all
/// cases, a layer's output, a tensor's values.
struct named_sums {
  std::string name;
  error_sums sums;
};

/// The `count` with the lowest SQNR, worst first (a NaN is worse than any
/// number), ties by name.
[[nodiscard]] std::vector<named_sums>
worst_by_sqnr(std::span<const named_sums> figures, size_t count);

/// All sums added up.
[[nodiscard]] error_sums total(std::span<const named_sums> figures);

} // namespace trivium::domain

#include "actors/domain/layer_figures.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace trivium::domain {

namespace {

/// A strict weak order needs NaN to have a place: below everything, where −∞
/// may lie too.
double rank(const error_sums& sums) {
  const auto sqnr = sums.sqnr_db();
  return std::isnan(sqnr) ? -std::numeric_limits<double>::infinity() : sqnr;
}

} // namespace

std::vector<named_sums> worst_by_sqnr(std::span<const named_sums> figures,
                                      size_t count) {
  std::vector<named_sums> sorted{figures.begin(), figures.end()};
  const auto shown = std::min(count, sorted.size());
  std::partial_sort(sorted.begin(),
                    sorted.begin() + static_cast<std::ptrdiff_t>(shown),
                    sorted.end(), [](const auto& a, const auto& b) {
                      const auto x = rank(a.sums);
                      const auto y = rank(b.sums);
                      return x != y ? x < y : a.name < b.name;
                    });
  sorted.resize(shown);
  return sorted;
}

error_sums total(std::span<const named_sums> figures) {
  error_sums sum;
  for (const auto& figure : figures)
    sum += figure.sums;
  return sum;
}

} // namespace trivium::domain

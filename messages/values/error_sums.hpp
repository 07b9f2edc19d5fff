#pragma once

#include <cmath>
#include <cstdint>
#include <limits>

namespace trivium {

/// Sums over x (reference) and x̂ (approximation) from which the figures follow.
struct error_sums {
  double signal = 0;        ///< Σ x²
  double noise = 0;         ///< Σ (x − x̂)²
  double approximation = 0; ///< Σ x̂²
  double product = 0;       ///< Σ x·x̂
  double max_error = 0;     ///< max |x − x̂|
  uint64_t count = 0;

  error_sums& operator+=(const error_sums& other) {
    signal += other.signal;
    noise += other.noise;
    approximation += other.approximation;
    product += other.product;
    // A NaN on either side stays: std::max would drop it.
    if (!std::isnan(max_error) && !(other.max_error <= max_error))
      max_error = other.max_error;
    count += other.count;
    return *this;
  }

  /// 10·log10(Σx² / Σ(x−x̂)²); infinite when nothing differs.
  [[nodiscard]] double sqnr_db() const {
    if (noise == 0)
      return std::numeric_limits<double>::infinity();
    return 10 * std::log10(signal / noise);
  }

  /// 1 when both are zero vectors, 0 when only one is.
  [[nodiscard]] double cosine() const {
    if (signal == 0 || approximation == 0)
      return signal == approximation ? 1 : 0;
    return product / std::sqrt(signal * approximation);
  }
};

} // namespace trivium

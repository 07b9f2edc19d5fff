#pragma once

#include "accelerators/cpu/q8_0_kernel.hpp"

/// ggml's quantize_row_q4_K_ref and quantize_row_q6_K_ref, byte for byte. For
/// kernels.cpp only.
///
/// Both search a scale for each part of a block by adding in a fixed order. A
/// part lies in one lane, so sixteen are searched at once and each lane adds
/// what the reference adds, in its order.
namespace trivium::accelerators {
namespace {

constexpr uint32_t k_elements = 256;

/// Below it ggml takes a part, or a block's scales, for zero.
constexpr float negligible = 1e-15F;

/// ggml's nearest_int: half even for |x| < 2^22, and what these bits say
/// beyond.
TRIVIUM_INLINE int_lanes nearest(const float_lanes& x) {
  return (bits(x + broadcast(0x1.8p23F)) & 0x007fffff) + -0x00400000;
}

static inline int32_t nearest_int(float x) {
  const auto word = arithmetic::bits_of(x + 0x1.8p23F);
  return static_cast<int32_t>(word & 0x007fffffU) - 0x00400000;
}

/// Element i of sixteen parts of `count` elements in lane order. Parts from
/// `present` on are zero.
template <class Source>
TRIVIUM_INLINE void load_parts(const Source* x, uint32_t count,
                               uint32_t present, float_lanes* out) {
  float columns[32][lane_count];
  float part[32];
  for (uint32_t s = 0; s < static_cast<uint32_t>(lane_count); ++s) {
    if (s >= present) {
      for (uint32_t i = 0; i < count; ++i)
        columns[i][s] = 0;
      continue;
    }
    for (uint32_t i = 0; i < count; i += lane_count)
      store(load(x + s * count + i), part + i);
    for (uint32_t i = 0; i < count; ++i)
      columns[i][s] = part[i];
  }
  for (uint32_t i = 0; i < count; ++i)
    out[i] = load(columns[i]);
}

/// How many whole blocks of 256 from x on are finite, `most` at most; the
/// largest magnitude of them all.
template <class Source>
TRIVIUM_INLINE uint32_t finite_blocks(const Source* x, uint32_t most,
                                      float& absmax) {
  uint32_t all = 0;
  for (uint32_t b = 0; b < most; ++b) {
    int_lanes best = {};
    for (uint32_t i = 0; i < k_elements; i += lane_count)
      best = greater(best, magnitude(load(x + b * k_elements + i)));
    const auto largest = greatest(best);
    if (largest >= arithmetic::infinity_bits) {
      absmax = arithmetic::float_of(all);
      return b;
    }
    all = largest > all ? largest : all;
  }
  absmax = arithmetic::float_of(all);
  return most;
}

/// What the errors are counted in: never 0, so that dividing by it is harmless.
TRIVIUM_INLINE float unit_of(float absmax) {
  return absmax > arithmetic::smallest_normal ? absmax
                                              : arithmetic::smallest_normal;
}

/// Adds one element of sixteen parts.
TRIVIUM_INLINE void accumulate_parts(accumulators& sums, const float_lanes& x,
                                     const float_lanes& approximation,
                                     const float_lanes& unit_inverse) {
  const auto reference = x * unit_inverse;
  const auto near = approximation * unit_inverse;
  const auto error = reference - near;
  sums.signal = sums.signal + reference * reference;
  sums.noise = sums.noise + error * error;
  sums.approximation = sums.approximation + near * near;
  sums.max_error = greater(sums.max_error, magnitude(error));
}

} // namespace
} // namespace trivium::accelerators

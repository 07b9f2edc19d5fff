#pragma once

#include "accelerators/cpu/q8_0_kernel.hpp"

/// ggml's quantize_row_q4_0_ref, byte for byte. For kernels.cpp only.
namespace trivium::accelerators {
namespace {

constexpr uint32_t q4_0_elements = unit_size;
constexpr uint32_t q4_0_bytes = 18;

/// The first value of this magnitude.
template <class Source>
float first_of_magnitude(const Source* block, uint32_t magnitude_bits) {
  float values[q4_0_elements];
  store(load(block), values);
  store(load(block + lane_count), values + lane_count);
  for (const auto value : values)
    if (arithmetic::magnitude_bits(value) == magnitude_bits)
      return value;
  return 0;
}

/// The value of each block's largest magnitude, the first one among equals; how
/// many of the blocks are finite.
template <class Source>
TRIVIUM_INLINE uint32_t measure_extremes(const Source* x, uint32_t blocks,
                                         float* extremes, float& largest) {
  const int_lanes sign = int_lanes{} + INT32_MIN;
  uint32_t most = 0;
  for (uint32_t b = 0; b < blocks; ++b) {
    const auto* block = x + b * q4_0_elements;
    const auto low = bits(load(block));
    const auto high = bits(load(block + lane_count));
    // As signed numbers the bits of what is above 0 order like it, and all that
    // is below 0 lies below them.
    const auto above_zero = static_cast<int32_t>(greatest(greater(low, high)));
    const auto below_zero = static_cast<int32_t>(
      greatest(greater(flipped(low, sign), flipped(high, sign))));
    const auto best = above_zero > below_zero ? above_zero : below_zero;
    if (best >= static_cast<int32_t>(arithmetic::infinity_bits))
      return b;
    const auto magnitude_bits = static_cast<uint32_t>(best < 0 ? 0 : best);
    most = magnitude_bits > most ? magnitude_bits : most;
    const auto size = arithmetic::float_of(magnitude_bits);
    if (best <= 0) // ggml begins with +0, which no zero exceeds
      extremes[b] = 0;
    else if (above_zero == below_zero)
      extremes[b] = first_of_magnitude(block, magnitude_bits);
    else
      extremes[b] = above_zero > below_zero ? size : -size;
  }
  largest = arithmetic::float_of(most);
  return blocks;
}

/// Where 1/step overflows C leaves ggml's conversion undefined; x86 makes every
/// value 0, and so does this.
TRIVIUM_INLINE int_lanes nibbles_of(const float_lanes& x, float inverse) {
  if (arithmetic::magnitude_bits(inverse) >= arithmetic::infinity_bits)
    return {};
  return clamped(truncated(x * broadcast(inverse) + broadcast(8.5F)), 0, 15);
}

/// A step as f16, in units of the group's largest value; 0 where it overflows.
TRIVIUM_INLINE float stored_weight(uint16_t stored, float unit,
                                   bool& overflows) {
  if ((stored & 0x7fffU) < 0x7c00U)
    return arithmetic::from_f16(stored) / unit;
  overflows = true;
  return 0;
}

template <bool with_sums, class Source>
TRIVIUM_INLINE bool encode_q4_0(const Source* block, float extreme, float unit,
                                uint8_t* bytes, accumulators& sums) {
  const auto low = load(block);
  const auto high = load(block + lane_count);
  const float step = extreme / -8.0F;
  const float inverse = step != 0 ? 1.0F / step : 0.0F;
  const auto stored = arithmetic::to_f16(step);
  const auto q_low = nibbles_of(low, inverse);
  const auto q_high = nibbles_of(high, inverse);
  __builtin_memcpy(bytes, &stored, sizeof stored);
  auto both = q_low;
  for (int i = 0; i < parts; ++i)
    both.part[i] |= q_high.part[i] << 4;
  store_low_bytes(both, bytes + sizeof stored);
  bool overflows = false;
  if constexpr (with_sums) {
    const auto weight = broadcast(stored_weight(stored, unit, overflows));
    const auto unit_inverse = broadcast(1.0F / unit);
    accumulate_q8_0(sums, low, q_low + -8, unit_inverse, weight);
    accumulate_q8_0(sums, high, q_high + -8, unit_inverse, weight);
  }
  return !overflows;
}

template <bool with_sums, class Source>
uint64_t q4_0(const Source* x, uint64_t blocks, uint8_t* out,
              kernel_sums* total_sums) {
  for (uint64_t at = 0; at < blocks; at += q8_0_group) {
    const auto wanted = static_cast<uint32_t>(
      blocks - at < q8_0_group ? blocks - at : q8_0_group);
    const auto* first = x + at * q4_0_elements;
    float extremes[q8_0_group];
    float largest = 0;
    const auto finite = measure_extremes(first, wanted, extremes, largest);
    if (finite < wanted)
      return at + finite;
    const float unit = largest > arithmetic::smallest_normal
                         ? largest
                         : arithmetic::smallest_normal;
    accumulators sums;
    bool fits = true;
    for (uint32_t b = 0; b < wanted; ++b)
      fits = encode_q4_0<with_sums>(first + b * q4_0_elements, extremes[b],
                                    unit, out + (at + b) * q4_0_bytes, sums)
             && fits;
    if constexpr (with_sums) {
      flush(sums, double{unit}, *total_sums);
      if (!fits)
        total_sums->noise = total_sums->max_error = __builtin_inf();
    }
  }
  return blocks;
}

} // namespace
} // namespace trivium::accelerators

#pragma once

#include "accelerators/cpu/int8_kernels.hpp"

/// ggml's quantize_row_q8_0_ref, byte for byte. For kernels.cpp only.
namespace trivium::accelerators {
namespace {

constexpr uint32_t q8_0_elements = unit_size;
constexpr uint32_t q8_0_bytes = 34;

/// Blocks worked on together: first all scales, then all values. Their sums
/// are in units of the largest step among them.
constexpr uint32_t q8_0_group = segment_size / q8_0_elements;

struct q8_0_steps {
  float inverse[q8_0_group];
  uint16_t stored[q8_0_group];
  float stored_weight[q8_0_group]; ///< step as f16 / unit
  float unit;
  bool overflows = false; ///< A step is infinite as f16.
};

/// The magnitudes of each block; how many of the blocks are finite.
template <class Source>
TRIVIUM_INLINE uint32_t measure_blocks(const Source* x, uint32_t blocks,
                                       float* absmax) {
  for (uint32_t b = 0; b < blocks; ++b) {
    const auto* block = x + b * q8_0_elements;
    const uint32_t best = greatest(
      greater(magnitude(load(block)), magnitude(load(block + lane_count))));
    if (best >= arithmetic::infinity_bits)
      return b;
    absmax[b] = arithmetic::float_of(best);
  }
  return blocks;
}

TRIVIUM_INLINE q8_0_steps steps_of(const float* absmax, uint32_t blocks) {
  q8_0_steps steps;
  steps.unit = arithmetic::smallest_normal;
  for (uint32_t b = 0; b < blocks; ++b) {
    const auto step = arithmetic::q8_0_step_of(absmax[b]);
    steps.inverse[b] = step.inverse;
    steps.stored[b] = arithmetic::to_f16(step.step);
    steps.unit = step.step > steps.unit ? step.step : steps.unit;
  }
  for (uint32_t b = 0; b < blocks; ++b) {
    const bool overflows = steps.stored[b] >= 0x7c00U;
    steps.overflows = steps.overflows || overflows;
    const float stored =
      overflows ? 0.0F : arithmetic::from_f16(steps.stored[b]);
    steps.stored_weight[b] = stored / steps.unit;
  }
  return steps;
}

/// round_half_away(x · inverse): adding the largest number below one half and
/// cutting off is exact where adding one half is not (0.49999997).
TRIVIUM_INLINE int_lanes round_half_away(float_lanes y) {
  constexpr int32_t below_half = 0x3effffff;
  const auto sign = bits(y) & INT32_MIN;
  int_lanes half = sign;
  for (auto& part : half.part)
    part |= below_half;
  return truncated(y + floats(half));
}

TRIVIUM_INLINE void accumulate_q8_0(accumulators& sums, float_lanes x,
                                    int_lanes q, float_lanes unit_inverse,
                                    float_lanes stored_weight) {
  float_lanes values;
  for (int i = 0; i < parts; ++i)
    values.part[i] = __builtin_convertvector(q.part[i], float_register);
  const auto reference = x * unit_inverse;
  const auto approximation = values * stored_weight;
  const auto error = reference - approximation;
  sums.signal = sums.signal + reference * reference;
  sums.noise = sums.noise + error * error;
  sums.approximation = sums.approximation + approximation * approximation;
  sums.max_error = greater(sums.max_error, magnitude(error));
}

template <bool with_sums, class Source>
TRIVIUM_INLINE void encode_blocks(const Source* x, uint32_t blocks,
                                  const q8_0_steps& steps, uint8_t* out,
                                  accumulators& sums) {
  const auto unit_inverse = broadcast(1.0F / steps.unit);
  for (uint32_t b = 0; b < blocks; ++b) {
    const auto* block = x + b * q8_0_elements;
    auto* bytes = out + b * q8_0_bytes;
    const auto inverse = broadcast(steps.inverse[b]);
    const auto x_low = load(block);
    const auto x_high = load(block + lane_count);
    const auto low = round_half_away(x_low * inverse);
    const auto high = round_half_away(x_high * inverse);
    __builtin_memcpy(bytes, &steps.stored[b], sizeof steps.stored[b]);
    store_bytes(low, high, bytes + sizeof steps.stored[b]);
    if constexpr (with_sums) {
      const auto weight = broadcast(steps.stored_weight[b]);
      accumulate_q8_0(sums, x_low, low, unit_inverse, weight);
      accumulate_q8_0(sums, x_high, high, unit_inverse, weight);
    }
  }
}

template <bool with_sums, class Source>
uint64_t q8_0(const Source* x, uint64_t blocks, uint8_t* out,
              kernel_sums* total_sums) {
  for (uint64_t at = 0; at < blocks; at += q8_0_group) {
    const auto wanted = static_cast<uint32_t>(
      blocks - at < q8_0_group ? blocks - at : q8_0_group);
    const auto* first = x + at * q8_0_elements;
    float absmax[q8_0_group];
    const auto finite = measure_blocks(first, wanted, absmax);
    if (finite < wanted)
      return at + finite;
    const auto steps = steps_of(absmax, wanted);
    accumulators sums;
    encode_blocks<with_sums>(first, wanted, steps, out + at * q8_0_bytes, sums);
    if constexpr (with_sums) {
      flush(sums, double{steps.unit}, *total_sums);
      if (steps.overflows)
        total_sums->noise = total_sums->max_error = __builtin_inf();
    }
  }
  return blocks;
}

} // namespace
} // namespace trivium::accelerators

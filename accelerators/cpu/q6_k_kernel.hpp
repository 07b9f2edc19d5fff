#pragma once

#include "accelerators/cpu/k_quants.hpp"

/// ggml Q6_K. For kernels.cpp only.
namespace trivium::accelerators {
namespace {

constexpr uint32_t q6_k_bytes = 210;
constexpr uint32_t q6_k_part = 16;

/// Sums that a candidate scale is judged by.
struct q6_k_sums {
  float_lanes xl = {};
  float_lanes ll = {};
};

TRIVIUM_INLINE int_lanes q6_k_level(const float_lanes& x,
                                    const float_lanes& inverse) {
  return clamped(nearest(inverse * x), -32, 31);
}

TRIVIUM_INLINE q6_k_sums q6_k_try(const float_lanes* x,
                                  const float_lanes& inverse) {
  q6_k_sums sums;
  for (uint32_t i = 0; i < q6_k_part; ++i) {
    const auto l = converted(q6_k_level(x[i], inverse));
    const auto w = x[i] * x[i];
    sums.xl = sums.xl + w * x[i] * l;
    sums.ll = sums.ll + w * l * l;
  }
  return sums;
}

/// ggml's make_qx_quants(16, 32, …, 1, NULL): a scale for each part, and the
/// inverse that made its levels. `is_zero` marks parts of nothing.
TRIVIUM_INLINE float_lanes q6_k_scales(const float_lanes* x,
                                       float_lanes& inverse,
                                       int_lanes& is_zero) {
  float_lanes extreme = {};
  float_lanes largest = {};
  for (uint32_t i = 0; i < q6_k_part; ++i) {
    const auto size = floats(magnitude(x[i]));
    const auto is_larger = above(size, largest);
    largest = chosen(is_larger, size, largest);
    extreme = chosen(is_larger, x[i], extreme);
  }
  is_zero = above(broadcast(negligible), largest);
  inverse = broadcast(-32.0F) / extreme;
  auto sums = q6_k_try(x, inverse);
  const auto zero = broadcast(0.0F);
  const auto has_none = equal(sums.ll, zero);
  auto scale = chosen(has_none, zero, sums.xl / sums.ll);
  auto best = scale * sums.xl;
  for (int step = -9; step <= 9; ++step) {
    if (step == 0)
      continue;
    const auto candidate =
      broadcast(-(32.0F + 0.1F * static_cast<float>(step))) / extreme;
    sums = q6_k_try(x, candidate);
    const auto is_better =
      above(sums.ll, zero) & above(sums.xl * sums.xl, best * sums.ll);
    inverse = chosen(is_better, candidate, inverse);
    scale = chosen(is_better, sums.xl / sums.ll, scale);
    best = chosen(is_better, scale * sums.xl, best);
  }
  return chosen(is_zero, zero, scale);
}

/// 256 levels in [0, 63], in their order.
TRIVIUM_INLINE void pack_q6_k(const uint8_t* levels, uint8_t* out) {
  for (uint32_t half = 0; half < 2; ++half) {
    const auto* l = levels + half * 128;
    auto* low = out + half * 64;
    auto* high = out + 128 + half * 32;
    for (uint32_t i = 0; i < 32; ++i) {
      low[i] = static_cast<uint8_t>((l[i] & 15) | ((l[i + 64] & 15) << 4));
      low[i + 32] =
        static_cast<uint8_t>((l[i + 32] & 15) | ((l[i + 96] & 15) << 4));
      high[i] = static_cast<uint8_t>((l[i] >> 4) | ((l[i + 32] >> 4) << 2)
                                     | ((l[i + 64] >> 4) << 4)
                                     | ((l[i + 96] >> 4) << 6));
    }
  }
}

/// The stored scales of a block, for each part.
struct q6_k_stored {
  uint16_t step = 0; ///< As f16; the parts' scales count in it.
  int8_t scales[lane_count] = {};
  float part_step[lane_count] = {};
};

/// False: every scale is negligible, and the whole block is zero.
TRIVIUM_INLINE bool q6_k_store_scales(const float_lanes& of,
                                      q6_k_stored& stored) {
  float scales[lane_count];
  store(of, scales);
  float extreme = 0;
  float largest = 0;
  for (const auto scale : scales) {
    const auto size = __builtin_fabsf(scale);
    if (size > largest) {
      largest = size;
      extreme = scale;
    }
  }
  if (largest < negligible)
    return false;
  const auto inverse = -128.0F / extreme;
  stored.step = arithmetic::to_f16(1 / inverse);
  const auto step = arithmetic::from_f16(stored.step);
  for (int s = 0; s < lane_count; ++s) {
    const auto level = nearest_int(inverse * scales[s]);
    stored.scales[s] = static_cast<int8_t>(level < 127 ? level : 127);
    stored.part_step[s] = step * static_cast<float>(stored.scales[s]);
  }
  return true;
}

template <bool with_sums>
TRIVIUM_INLINE bool encode_q6_k(const float_lanes* x, uint8_t* out,
                                const float_lanes& unit_inverse,
                                accumulators& sums) {
  float_lanes inverse;
  int_lanes is_zero;
  const auto scales = q6_k_scales(x, inverse, is_zero);
  q6_k_stored stored;
  if (!q6_k_store_scales(scales, stored)) {
    for (uint32_t i = 0; i < q6_k_bytes; ++i)
      out[i] = 0;
    if constexpr (with_sums)
      for (uint32_t i = 0; i < q6_k_part; ++i)
        accumulate_parts(sums, x[i], broadcast(0.0F), unit_inverse);
    return true;
  }
  const auto step = load(stored.part_step);
  const auto stays = equal(step, broadcast(0.0F));
  uint8_t columns[q6_k_part][lane_count];
  for (uint32_t i = 0; i < q6_k_part; ++i) {
    // Where the step is 0 the levels of the search stand.
    const auto first =
      chosen(is_zero, int_lanes{} + -32, q6_k_level(x[i], inverse));
    const auto again = clamped(nearest(x[i] / step), -32, 31);
    const auto level = chosen(stays, first, again);
    store_low_bytes(level + 32, columns[i]);
    if constexpr (with_sums)
      accumulate_parts(sums, x[i], step * converted(level), unit_inverse);
  }
  uint8_t levels[k_elements];
  for (uint32_t s = 0; s < static_cast<uint32_t>(lane_count); ++s)
    for (uint32_t i = 0; i < q6_k_part; ++i)
      levels[s * q6_k_part + i] = columns[i][s];
  pack_q6_k(levels, out);
  __builtin_memcpy(out + 192, stored.scales, sizeof stored.scales);
  __builtin_memcpy(out + 208, &stored.step, sizeof stored.step);
  return (stored.step & 0x7fffU) < 0x7c00U;
}

template <bool with_sums, class Source>
uint64_t q6_k(const Source* x, uint64_t blocks, uint8_t* out,
              kernel_sums* total_sums) {
  for (uint64_t b = 0; b < blocks; ++b) {
    const auto* block = x + b * k_elements;
    float absmax = 0;
    if (finite_blocks(block, 1, absmax) == 0)
      return b;
    float_lanes parts_of[q6_k_part];
    load_parts(block, q6_k_part, lane_count, parts_of);
    const auto unit = unit_of(absmax);
    accumulators sums;
    const auto fits = encode_q6_k<with_sums>(parts_of, out + b * q6_k_bytes,
                                             broadcast(1.0F / unit), sums);
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

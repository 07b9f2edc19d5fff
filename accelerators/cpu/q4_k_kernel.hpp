#pragma once

#include "accelerators/cpu/k_quants.hpp"

/// ggml Q4_K. For kernels.cpp only.
namespace trivium::accelerators {
namespace {

constexpr uint32_t q4_k_bytes = 144;
constexpr uint32_t q4_k_part = 32;
constexpr uint32_t q4_k_parts = 8; ///< Of a block; two blocks fill the lanes.

TRIVIUM_INLINE int_lanes q4_k_level(const float_lanes& x,
                                    const float_lanes& least,
                                    const float_lanes& inverse) {
  return clamped(nearest(inverse * (x - least)), 0, 15);
}

/// Of each part: x̂ = scale · level − minimum; and what made its levels.
struct q4_k_parts_found {
  float_lanes scale;
  float_lanes minimum;
  float_lanes level_least;
  float_lanes level_inverse;
  int_lanes is_flat; ///< All its levels are 0.
};

/// What does not change while scales are tried.
struct q4_k_part_sums {
  float_lanes weights[q4_k_part];
  float_lanes least;
  float_lanes most;
  float_lanes w;
  float_lanes x;
};

TRIVIUM_INLINE void measure_q4_k(const float_lanes* x, q4_k_part_sums& sums) {
  float_lanes squares = {};
  for (uint32_t i = 0; i < q4_k_part; ++i)
    squares = squares + x[i] * x[i];
  const auto average = square_root(squares / broadcast(32.0F));
  for (uint32_t i = 0; i < q4_k_part; ++i)
    sums.weights[i] = average + floats(magnitude(x[i]));
  sums.least = x[0];
  sums.most = x[0];
  sums.w = sums.weights[0];
  sums.x = sums.w * x[0];
  for (uint32_t i = 1; i < q4_k_part; ++i) {
    sums.least = chosen(above(sums.least, x[i]), x[i], sums.least);
    sums.most = chosen(above(x[i], sums.most), x[i], sums.most);
    sums.w = sums.w + sums.weights[i];
    sums.x = sums.x + sums.weights[i] * x[i];
  }
  const auto zero = broadcast(0.0F);
  sums.least = chosen(above(sums.least, zero), zero, sums.least);
}

/// Σ w (scale · level + least − x)²
TRIVIUM_INLINE float_lanes q4_k_error(const float_lanes* x,
                                      const float_lanes* weights,
                                      const float_lanes* levels,
                                      const float_lanes& scale,
                                      const float_lanes& least) {
  float_lanes error = {};
  for (uint32_t i = 0; i < q4_k_part; ++i) {
    const auto miss = scale * levels[i] + least - x[i];
    error = error + weights[i] * (miss * miss);
  }
  return error;
}

/// ggml's make_qkx2_quants(32, 15, …, −1, 0.1, 20, false).
TRIVIUM_INLINE void search_q4_k(const float_lanes* x, q4_k_parts_found& found) {
  const auto zero = broadcast(0.0F);
  q4_k_part_sums of;
  measure_q4_k(x, of);
  auto least = of.least;
  found.is_flat = equal(of.most, least);
  found.level_least = least;
  found.level_inverse = broadcast(15.0F) / (of.most - least);
  auto scale = broadcast(1.0F) / found.level_inverse;
  float_lanes levels[q4_k_part];
  for (uint32_t i = 0; i < q4_k_part; ++i)
    levels[i] = converted(q4_k_level(x[i], least, found.level_inverse));
  auto best = q4_k_error(x, of.weights, levels, scale, least);
  for (int step = 0; step <= 20; ++step) {
    const auto inverse =
      broadcast(-1.0F + 0.1F * static_cast<float>(step) + 15.0F)
      / (of.most - least);
    float_lanes l = {};
    float_lanes ll = {};
    float_lanes xl = {};
    for (uint32_t i = 0; i < q4_k_part; ++i) {
      levels[i] = converted(q4_k_level(x[i], least, inverse));
      const auto weighted = of.weights[i] * levels[i];
      l = l + weighted;
      ll = ll + weighted * levels[i];
      xl = xl + weighted * x[i];
    }
    const auto determinant = of.w * ll - l * l;
    auto this_scale = (of.w * xl - of.x * l) / determinant;
    auto this_least = (ll * of.x - l * xl) / determinant;
    const auto is_positive = above(this_least, zero);
    this_scale = chosen(is_positive, xl / ll, this_scale);
    this_least = chosen(is_positive, zero, this_least);
    const auto error =
      q4_k_error(x, of.weights, levels, this_scale, this_least);
    const auto is_better = above(determinant, zero) & above(best, error);
    found.level_least = chosen(is_better, least, found.level_least);
    found.level_inverse = chosen(is_better, inverse, found.level_inverse);
    best = chosen(is_better, error, best);
    scale = chosen(is_better, this_scale, scale);
    least = chosen(is_better, this_least, least);
  }
  found.scale = chosen(found.is_flat, zero, scale);
  found.minimum = zero - chosen(found.is_flat, of.least, least);
}

/// The levels that the search chose.
TRIVIUM_INLINE int_lanes searched_level(const float_lanes& x,
                                        const q4_k_parts_found& found) {
  return chosen(found.is_flat, int_lanes{},
                q4_k_level(x, found.level_least, found.level_inverse));
}

/// What one block stores of its parts' scales.
struct q4_k_stored {
  uint16_t step = 0;
  uint16_t minimum_step = 0;
  uint8_t packed[12] = {};
};

TRIVIUM_INLINE uint8_t q4_k_part_of(float inverse, float value) {
  // ggml's uint8_t, then at most 63.
  const auto level = static_cast<uint8_t>(nearest_int(inverse * value));
  return level < 63 ? level : uint8_t{63};
}

/// The scales of eight parts, and what they stand for once stored.
TRIVIUM_INLINE q4_k_stored q4_k_store(const float* scales, const float* minima,
                                      float* steps, float* shifts) {
  q4_k_stored stored;
  float most_scale = 0;
  float most_minimum = 0;
  for (uint32_t s = 0; s < q4_k_parts; ++s) {
    most_scale = scales[s] > most_scale ? scales[s] : most_scale;
    most_minimum = minima[s] > most_minimum ? minima[s] : most_minimum;
  }
  const auto scale_inverse = most_scale > 0 ? 63.0F / most_scale : 0.0F;
  const auto minimum_inverse = most_minimum > 0 ? 63.0F / most_minimum : 0.0F;
  stored.step = arithmetic::to_f16(most_scale / 63.0F);
  stored.minimum_step = arithmetic::to_f16(most_minimum / 63.0F);
  const auto step = arithmetic::from_f16(stored.step);
  const auto minimum_step = arithmetic::from_f16(stored.minimum_step);
  auto* packed = stored.packed;
  for (uint32_t s = 0; s < q4_k_parts; ++s) {
    const auto scale = q4_k_part_of(scale_inverse, scales[s]);
    const auto minimum = q4_k_part_of(minimum_inverse, minima[s]);
    steps[s] = step * static_cast<float>(scale);
    shifts[s] = minimum_step * static_cast<float>(minimum);
    if (s < 4) {
      packed[s] = scale;
      packed[s + 4] = minimum;
    } else {
      packed[s + 4] =
        static_cast<uint8_t>((scale & 15) | ((minimum & 15) << 4));
      packed[s - 4] |= static_cast<uint8_t>((scale >> 4) << 6);
      packed[s] |= static_cast<uint8_t>((minimum >> 4) << 6);
    }
  }
  return stored;
}

/// Two blocks, or one (`present` = 8).
template <bool with_sums>
TRIVIUM_INLINE bool encode_q4_k(const float_lanes* x, uint32_t present,
                                uint8_t* out, const float_lanes& unit_inverse,
                                accumulators& sums) {
  q4_k_parts_found found;
  search_q4_k(x, found);
  float scales[lane_count];
  float minima[lane_count];
  float steps[lane_count];
  float shifts[lane_count];
  store(found.scale, scales);
  store(found.minimum, minima);
  bool fits = true;
  for (uint32_t s = 0; s < static_cast<uint32_t>(lane_count); s += q4_k_parts) {
    const auto stored =
      q4_k_store(scales + s, minima + s, steps + s, shifts + s);
    if (s >= present)
      continue;
    auto* block = out + s / q4_k_parts * q4_k_bytes;
    __builtin_memcpy(block, &stored.step, 2);
    __builtin_memcpy(block + 2, &stored.minimum_step, 2);
    __builtin_memcpy(block + 4, stored.packed, sizeof stored.packed);
    fits = fits && stored.step < 0x7c00U && stored.minimum_step < 0x7c00U;
  }
  const auto step = load(steps);
  const auto shift = load(shifts);
  const auto stays = equal(step, broadcast(0.0F));
  for (uint32_t i = 0; i < q4_k_part; ++i) {
    const auto again = clamped(nearest((x[i] + shift) / step), 0, 15);
    const auto level = chosen(stays, searched_level(x[i], found), again);
    uint8_t column[lane_count];
    store_low_bytes(level, column);
    for (uint32_t s = 0; s < present; s += 2)
      out[s / q4_k_parts * q4_k_bytes + 16 + s % q4_k_parts / 2 * q4_k_part
          + i] = static_cast<uint8_t>(column[s] | (column[s + 1] << 4));
    if constexpr (with_sums)
      accumulate_parts(sums, x[i], step * converted(level) - shift,
                       unit_inverse);
  }
  return fits;
}

template <bool with_sums, class Source>
uint64_t q4_k(const Source* x, uint64_t blocks, uint8_t* out,
              kernel_sums* total_sums) {
  for (uint64_t b = 0; b < blocks; b += 2) {
    const auto wanted = static_cast<uint32_t>(blocks - b < 2 ? 1 : 2);
    const auto* block = x + b * k_elements;
    float absmax = 0;
    const auto finite = finite_blocks(block, wanted, absmax);
    if (finite < wanted)
      return b + finite;
    float_lanes parts_of[q4_k_part];
    load_parts(block, q4_k_part, wanted * q4_k_parts, parts_of);
    const auto unit = unit_of(absmax);
    accumulators sums;
    const auto fits = encode_q4_k<with_sums>(parts_of, wanted * q4_k_parts,
                                             out + b * q4_k_bytes,
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

#pragma once

#include "accelerators/cpu/arithmetic.hpp"
#include "accelerators/cpu/kernel_table.hpp"
#include "accelerators/cpu/sources.hpp"

/// int8 values from scales that are known. For kernels.cpp only.
///
/// The specification divides; the fast way multiplies by the inverse and looks
/// at what it left: y' = x·(1/s) differs from fl(x/s) by less than
/// 128 · 3 · 2^-24 < 2^-15 (three roundings of half an ulp each), so both round
/// to the same integer unless y' lies within 2^-15 of a tie. One such element
/// (6 of 100 000 ordinary ones) sends its piece of 256 through the division.
namespace trivium::accelerators {
namespace {

constexpr uint32_t piece_size = 256;
constexpr uint32_t unit_size = 2 * lane_count;

/// Elements between two flushes of the f32 accumulators into double.
constexpr uint32_t segment_size = strip_width;

/// 1.5 · 2^23: adding it to |y| < 2^22 rounds y to the nearest even integer and
/// leaves that integer in the low bits.
constexpr float rounder = 0x1.8p23F;
constexpr int32_t rounder_bits = 0x4b400000;

/// 0.5 − 2^-15, as bits: from here on the fast way is not certain.
constexpr uint32_t uncertain_bits = 0x3efffc00;
/// 127.5, as bits: from here on the fast way does not saturate.
constexpr uint32_t saturating_bits = 0x42ff0000;

/// Sums in units of a step squared; f32 is enough for one segment.
struct accumulators {
  float_lanes signal = {};
  float_lanes noise = {};
  float_lanes approximation = {};
  int_lanes max_error = {};
};

TRIVIUM_INLINE void flush(const accumulators& sums, double unit,
                          kernel_sums& out) {
  const double square = unit * unit;
  out.signal += square * total(sums.signal);
  out.noise += square * total(sums.noise);
  out.approximation += square * total(sums.approximation);
  const double error =
    unit * double{arithmetic::float_of(greatest(sums.max_error))};
  out.max_error = error > out.max_error ? error : out.max_error;
}

/// One scale for all elements.
struct uniform_scale {
  static constexpr bool is_weighted = false;
  float scale;
  float inverse;

  float_lanes scales(uint32_t) const { return broadcast(scale); }
  float_lanes inverses(uint32_t) const { return broadcast(inverse); }
  float_lanes weights(uint32_t) const { return broadcast(1.0F); }
};

/// A scale a column. Every array is defined up to strip_width.
struct column_scales {
  static constexpr bool is_weighted = true;
  const strip_scales& strip;

  TRIVIUM_INLINE float_lanes scales(uint32_t i) const {
    return load(strip.scale + i);
  }
  TRIVIUM_INLINE float_lanes inverses(uint32_t i) const {
    return load(strip.inverse + i);
  }
  TRIVIUM_INLINE float_lanes weights(uint32_t i) const {
    return load(strip.weight + i);
  }
};

/// Adds sixteen elements: y = x/scale, which became `rounded`.
template <bool is_weighted>
TRIVIUM_INLINE void accumulate(accumulators& sums, float_lanes y,
                               float_lanes rounded, float_lanes weight) {
  auto error = y - rounded;
  if constexpr (is_weighted) {
    y = y * weight;
    rounded = rounded * weight;
    error = error * weight;
  }
  sums.signal = sums.signal + y * y;
  sums.noise = sums.noise + error * error;
  sums.approximation = sums.approximation + rounded * rounded;
  sums.max_error = greater(sums.max_error, magnitude(error));
}

/// Multiplies by the inverse. `certain` tells whether the result is that of
/// the division, with nothing to saturate.
struct by_inverse {
  int_lanes nearest_tie = {};
  int_lanes largest = {};

  template <bool with_sums, class Scale>
  TRIVIUM_INLINE int_lanes encode(float_lanes x, const Scale& scale,
                                  uint32_t at, accumulators& sums) {
    const auto y = x * scale.inverses(at);
    const auto sum = y + broadcast(rounder);
    const auto rounded = sum - broadcast(rounder);
    nearest_tie = greater(nearest_tie, magnitude(y - rounded));
    if constexpr (Scale::is_weighted)
      largest = greater(largest, magnitude(y));
    if constexpr (with_sums)
      accumulate<Scale::is_weighted>(sums, y, rounded, scale.weights(at));
    return bits(sum) + -rounder_bits;
  }

  bool certain() const {
    return greatest(nearest_tie) < uncertain_bits
           && greatest(largest) < saturating_bits;
  }
};

struct unrounded {
  static constexpr float lowest = -127.0F; // −x is always representable
  TRIVIUM_INLINE float_lanes operator()(float_lanes y) const { return y; }
};

/// The quotient of compressed-tensors in f32, which saturates at −128.
struct in_f32 : unrounded {
  static constexpr float lowest = -128.0F;
};

/// Nearest even to 11 bits. Quotients below 2^-14, where a half has fewer, all
/// become 0; those above 65504 saturate.
struct in_f16 {
  static constexpr float lowest = -128.0F;
  TRIVIUM_INLINE float_lanes operator()(float_lanes y) const {
    const auto u = bits(y);
    return floats((u + ((u >> 13) & 1) + 0xfff) & ~0x1fff);
  }
};

/// Nearest even to 8 bits.
struct in_bf16 {
  static constexpr float lowest = -128.0F;
  TRIVIUM_INLINE float_lanes operator()(float_lanes y) const {
    const auto u = bits(y);
    return floats((u + ((u >> 16) & 1) + 0x7fff) & ~0xffff);
  }
};

/// The specification: divides, rounds the quotient, saturates.
template <class Round>
struct by_division {
  int_lanes largest = {};

  template <bool with_sums, class Scale>
  TRIVIUM_INLINE int_lanes encode(float_lanes x, const Scale& scale,
                                  uint32_t at, accumulators& sums) {
    const auto y = x / scale.scales(at);
    const auto nearest = clamped(Round{}(y), Round::lowest, 127.0F);
    const auto sum = nearest + broadcast(rounder);
    largest = greater(largest, magnitude(x));
    if constexpr (with_sums)
      accumulate<Scale::is_weighted>(sums, y, sum - broadcast(rounder),
                                     scale.weights(at));
    return bits(sum) + -rounder_bits;
  }

  bool finite() const { return greatest(largest) < arithmetic::infinity_bits; }
};

/// Encodes `count` ≤ segment_size − at elements whose scales start at `at`.
template <bool with_sums, class Way, class Source, class Scale>
TRIVIUM_INLINE void encode_piece(Way& way, const Source* x, uint32_t count,
                                 const Scale& scale, uint32_t at, int8_t* out,
                                 accumulators& sums) {
  // The missing elements of the last unit are zeros, which add nothing.
  const uint32_t rest = count % unit_size;
  Source padded[unit_size];
  int8_t values[unit_size];
  auto* from = x;
  auto* to = out;
  uint32_t units = count / unit_size;
  for (bool is_last = rest == 0;; is_last = true) {
    for (; units > 0; --units) {
      const auto low =
        way.template encode<with_sums>(load(from), scale, at, sums);
      const auto high = way.template encode<with_sums>(
        load(from + lane_count), scale, at + lane_count, sums);
      store_bytes(low, high, to);
      from += unit_size;
      to += unit_size;
      at += unit_size;
    }
    if (is_last)
      break;
    __builtin_memset(padded, 0, sizeof padded);
    __builtin_memcpy(padded, from, rest * sizeof(Source));
    from = padded;
    to = values;
    units = 1;
  }
  if (rest != 0)
    __builtin_memcpy(out + (count - rest), values, rest);
}

/// The same by division; a function of its own as it is seldom used.
template <bool with_sums, class Round, class Source, class Scale>
__attribute__((noinline)) bool divide_piece(const Source* x, uint32_t count,
                                            const Scale& scale, uint32_t at,
                                            int8_t* out, accumulators& sums) {
  by_division<Round> division;
  encode_piece<with_sums>(division, x, count, scale, at, out, sums);
  return division.finite();
}

/// One segment by the fast way, piece by piece; by division where that is not
/// certain. False: an x is not finite.
template <bool with_sums, class Source, class Scale>
TRIVIUM_INLINE bool encode_segment(const Source* x, uint32_t count,
                                   const Scale& scale, int8_t* out,
                                   accumulators& sums) {
  for (uint32_t at = 0; at < count; at += piece_size) {
    const uint32_t size = count - at < piece_size ? count - at : piece_size;
    auto fast_sums = sums;
    by_inverse fast;
    encode_piece<with_sums>(fast, x + at, size, scale, at, out + at, fast_sums);
    if (fast.certain()) [[likely]] {
      sums = fast_sums;
      continue;
    }
    if (!divide_piece<with_sums, unrounded>(x + at, size, scale, at, out + at,
                                            sums))
      return false;
  }
  return true;
}

template <bool with_sums, class Source>
void int8_run(const Source* x, uint64_t count, float scale, uint32_t absmax,
              int8_t* out, kernel_sums* total_sums) {
  const uniform_scale uniform{scale, 1.0F / scale};
  const bool saturates =
    arithmetic::magnitude_bits(arithmetic::float_of(absmax) * uniform.inverse)
    >= saturating_bits;
  for (uint64_t at = 0; at < count; at += segment_size) {
    const auto size = static_cast<uint32_t>(
      count - at < segment_size ? count - at : segment_size);
    accumulators sums;
    if (saturates)
      divide_piece<with_sums, unrounded>(x + at, size, uniform, 0, out + at,
                                         sums);
    else
      encode_segment<with_sums>(x + at, size, uniform, out + at, sums);
    if constexpr (with_sums)
      flush(sums, double{scale}, *total_sums);
  }
}

template <bool with_sums, class Source>
bool int8_strip(const Source* x, strip_shape shape, const strip_scales& scales,
                int8_t* out, kernel_sums* total_sums) {
  const column_scales columns{scales};
  for (uint64_t row = 0; row < shape.rows; ++row) {
    accumulators sums;
    if (!encode_segment<with_sums>(x, shape.width, columns, out, sums))
      return false;
    if constexpr (with_sums)
      flush(sums, double{scales.unit}, *total_sums);
    x += shape.stride;
    out += shape.stride;
  }
  return true;
}

template <bool with_sums, class Round, class Source>
void row_ct(const Source* x, uint64_t count, float scale, int8_t* out,
            kernel_sums* total_sums) {
  const uniform_scale uniform{scale, 0};
  for (uint64_t at = 0; at < count; at += segment_size) {
    const auto size = static_cast<uint32_t>(
      count - at < segment_size ? count - at : segment_size);
    accumulators sums;
    divide_piece<with_sums, Round>(x + at, size, uniform, 0, out + at, sums);
    if constexpr (with_sums)
      flush(sums, double{scale}, *total_sums);
  }
}

} // namespace
} // namespace trivium::accelerators

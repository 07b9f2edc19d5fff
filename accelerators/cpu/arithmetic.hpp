#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

/// The specification of every kernel, one element at a time. Tests compare each
/// level of kernels.cpp with these functions, bit for bit.
///
/// All functions have internal linkage: this header is compiled for several
/// instruction sets, and the linker must never pick one of them for all.
/// Assumes the default floating-point environment (nearest even, subnormals
/// kept) and `-ffp-contract=off`.
namespace trivium::accelerators::arithmetic {

inline constexpr uint32_t infinity_bits = 0x7f800000;
inline constexpr float smallest_normal = 0x1p-126F;

static inline uint32_t bits_of(float x) {
  uint32_t bits = 0;
  std::memcpy(&bits, &x, sizeof bits);
  return bits;
}

static inline float float_of(uint32_t bits) {
  float x = 0;
  std::memcpy(&x, &bits, sizeof x);
  return x;
}

/// |x|'s bits: as an unsigned number they order like |x|, and NaN and infinity
/// are at least `infinity_bits`.
static inline uint32_t magnitude_bits(float x) {
  return bits_of(x) & 0x7fffffffU;
}

static inline float from_bf16(uint16_t half) {
  return float_of(uint32_t{half} << 16U);
}

/// IEEE 754 binary16 to binary32: exact for every finite value; infinities stay
/// infinite and NaN stays NaN.
static inline float from_f16(uint16_t half) {
  const uint32_t sign = (half & 0x8000U) << 16U;
  const uint32_t magnitude = half & 0x7fffU;
  uint32_t bits = (magnitude << 13U) + 0x38000000U;
  if (magnitude >= 0x7c00U)
    bits = (magnitude << 13U) | infinity_bits;
  else if (magnitude < 0x0400U) // a subnormal half counts in steps of 2^-24
    bits = bits_of(static_cast<float>(magnitude) * 0x1p-24F);
  return float_of(bits | sign);
}

/// Nearest even, subnormal halves kept, overflow to infinity.
static inline uint16_t to_f16(float x) {
  const auto sign = static_cast<uint16_t>((bits_of(x) >> 16U) & 0x8000U);
  const uint32_t magnitude = magnitude_bits(x);
  uint32_t half = 0;
  if (magnitude > infinity_bits)
    half = 0x7e00U;
  else if (magnitude >= 0x477ff000U) // 65520 and above
    half = 0x7c00U;
  else if (magnitude < 0x38800000U) // below 2^-14: the sum rounds to 2^-24
    half = bits_of(float_of(magnitude) + 0.5F) - bits_of(0.5F);
  else
    half =
      (magnitude - 0x38000000U + 0xfffU + ((magnitude >> 13U) & 1U)) >> 13U;
  return static_cast<uint16_t>(sign | half);
}

/// Nearest even; NaN stays NaN.
static inline uint16_t to_bf16(float x) {
  const uint32_t bits = bits_of(x);
  if (magnitude_bits(x) > infinity_bits)
    return static_cast<uint16_t>((bits >> 16U) | 0x40U);
  return static_cast<uint16_t>((bits + 0x7fffU + ((bits >> 16U) & 1U)) >> 16U);
}

static inline float rounded_to_f16(float x) { return from_f16(to_f16(x)); }
static inline float rounded_to_bf16(float x) { return from_bf16(to_bf16(x)); }
static inline float unrounded(float x) { return x; }

/// ONNX QuantizeLinear-21, int8, symmetric: round_half_even(x / scale),
/// saturated to [-127, 127] so that −x is always representable.
/// @pre x finite, scale > 0 and finite.
static inline int8_t quantized_int8(float x, float scale) {
  float y = x / scale;
  y = y > 127.0F ? 127.0F : y;
  y = y < -127.0F ? -127.0F : y;
  return static_cast<int8_t>(std::nearbyint(y));
}

/// compressed-tensors 0.20 (eager, CPU): the quotient is rounded to the type of
/// the weights (`round`), clamped to [-128, 127], then rounded half even.
template <class Round>
static inline int8_t quantized_row_ct(float x, float scale, Round round) {
  float y = round(x / scale);
  y = y > 127.0F ? 127.0F : y;
  y = y < -128.0F ? -128.0F : y;
  return static_cast<int8_t>(std::nearbyint(y));
}

/// The two numbers that ggml's quantize_row_q8_0_ref takes from a block's
/// largest |x|: the step and its inverse.
struct q8_0_step {
  float step = 0;
  float inverse = 0;
};

/// Where 1/step overflows (step < 2^-128, stored as 0) ggml converts infinities
/// to int, which C leaves undefined; on x86 every value becomes 0. Ours does so
/// everywhere, by an inverse of 0.
static inline q8_0_step q8_0_step_of(float absmax) {
  const float step = absmax / 127.0F;
  const float inverse = 1.0F / step;
  return {step, bits_of(inverse) < infinity_bits ? inverse : 0.0F};
}

/// round_half_away(x · inverse). @pre |x · inverse| < 128.
static inline int8_t quantized_q8_0(float x, float inverse) {
  return static_cast<int8_t>(std::round(x * inverse));
}

} // namespace trivium::accelerators::arithmetic

#pragma once

#include "accelerators/cpu/lanes.hpp"

/// How sixteen elements of each source type become f32 lanes, in registers.
/// For kernels.cpp only.
namespace trivium::accelerators {
namespace {

/// An element of binary16, as bits.
struct f16 {
  uint16_t bits;
};

/// An element of bfloat16, as bits.
struct bf16 {
  uint16_t bits;
};

TRIVIUM_INLINE int_lanes load_halves(const void* x) {
  int_lanes out;
  for (int i = 0; i < parts; ++i) {
    half_register halves;
    __builtin_memcpy(&halves,
                     static_cast<const uint16_t*>(x) + i * register_width,
                     sizeof halves);
    out.part[i] = __builtin_convertvector(halves, int_register);
  }
  return out;
}

TRIVIUM_INLINE float_lanes load(const bf16* x) {
  auto out = load_halves(x);
  for (auto& part : out.part)
    part <<= 16;
  return floats(out);
}

TRIVIUM_INLINE float_lanes load(const f16* x) {
#if defined(__AVX512F__)
  __m256i halves;
  __builtin_memcpy(&halves, x, sizeof halves);
  return {{_mm512_cvtph_ps(halves)}};
#elif defined(__F16C__)
  __m128i halves[2];
  __builtin_memcpy(halves, x, sizeof halves);
  return {{_mm256_cvtph_ps(halves[0]), _mm256_cvtph_ps(halves[1])}};
#else
  // Below 2^-14 a half counts in steps of 2^-24; from 0x7c00 on it is not
  // finite.
  auto out = load_halves(x);
  for (auto& part : out.part) {
    const int_register sign = (part & 0x8000) << 16;
    const int_register magnitude = part & 0x7fff;
    const int_register normal = (magnitude << 13) + 0x38000000;
    const auto subnormal = reinterpret_cast<int_register>(
      __builtin_convertvector(magnitude, float_register) * 0x1p-24F);
    const int_register special = (magnitude << 13) | 0x7f800000;
    part = magnitude < 0x0400 ? subnormal : normal;
    part = magnitude >= 0x7c00 ? special : part;
    part |= sign;
  }
  return floats(out);
#endif
}

/// The first `count` < 16 elements; the rest are zero.
template <class Source>
TRIVIUM_INLINE float_lanes load_some(const Source* x, uint64_t count) {
  Source padded[lane_count] = {};
  __builtin_memcpy(padded, x, count * sizeof(Source));
  return load(padded);
}

} // namespace
} // namespace trivium::accelerators

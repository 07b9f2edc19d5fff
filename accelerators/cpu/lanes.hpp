#pragma once

#include <cstdint>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/// Sixteen elements in as many registers as the instruction set needs (4 of
/// SSE2 or NEON, 2 of AVX2, 1 of AVX-512). Element i of a run always lies in
/// lane i % 16, so that sums come out equal, bit for bit, at every level.
///
/// For kernels.cpp only: everything has internal linkage and is inlined.
namespace trivium::accelerators {
namespace {

#if defined(__SANITIZE_ADDRESS__) // instrumented, it takes minutes to compile
#define TRIVIUM_INLINE inline
#else
#define TRIVIUM_INLINE inline __attribute__((always_inline))
#endif

#if defined(__AVX512F__)
constexpr int register_width = 16;
#elif defined(__AVX2__)
constexpr int register_width = 8;
#else
constexpr int register_width = 4;
#endif
constexpr int lane_count = 16;
constexpr int parts = lane_count / register_width;

using float_register =
  float __attribute__((vector_size(register_width * sizeof(float))));
using int_register =
  int32_t __attribute__((vector_size(register_width * sizeof(int32_t))));
using half_register =
  uint16_t __attribute__((vector_size(register_width * sizeof(uint16_t))));

struct int_lanes {
  int_register part[parts];
};

struct float_lanes {
  float_register part[parts];
};

TRIVIUM_INLINE float_lanes broadcast(float x) {
  float_lanes out;
  for (auto& part : out.part)
    part = x - float_register{}; // x − 0 is x, also for −0
  return out;
}

// Register by register: GCC 12 would copy all sixteen through the stack.
TRIVIUM_INLINE float_lanes load(const float* x) {
  float_lanes out;
  for (int i = 0; i < parts; ++i)
    __builtin_memcpy(&out.part[i], x + i * register_width, sizeof out.part[i]);
  return out;
}

TRIVIUM_INLINE int_lanes load_bits(const uint32_t* x) {
  int_lanes out;
  for (int i = 0; i < parts; ++i)
    __builtin_memcpy(&out.part[i], x + i * register_width, sizeof out.part[i]);
  return out;
}

TRIVIUM_INLINE void store_bits(int_lanes x, uint32_t* out) {
  for (int i = 0; i < parts; ++i)
    __builtin_memcpy(out + i * register_width, &x.part[i], sizeof x.part[i]);
}

#define TRIVIUM_LANES_OPERATOR(type, op)                                       \
  TRIVIUM_INLINE type operator op(type a, const type& b) {                     \
    for (int i = 0; i < parts; ++i)                                            \
      a.part[i] = a.part[i] op b.part[i];                                      \
    return a;                                                                  \
  }
TRIVIUM_LANES_OPERATOR(float_lanes, +)
TRIVIUM_LANES_OPERATOR(float_lanes, -)
TRIVIUM_LANES_OPERATOR(float_lanes, *)
TRIVIUM_LANES_OPERATOR(float_lanes, /)
TRIVIUM_LANES_OPERATOR(int_lanes, +)
TRIVIUM_LANES_OPERATOR(int_lanes, -)
TRIVIUM_LANES_OPERATOR(int_lanes, &)
TRIVIUM_LANES_OPERATOR(int_lanes, |)
#undef TRIVIUM_LANES_OPERATOR

TRIVIUM_INLINE int_lanes operator+(int_lanes a, int32_t b) {
  for (auto& part : a.part)
    part += b;
  return a;
}

TRIVIUM_INLINE int_lanes operator&(int_lanes a, int32_t b) {
  for (auto& part : a.part)
    part &= b;
  return a;
}

TRIVIUM_INLINE int_lanes operator>>(int_lanes a, int b) {
  for (auto& part : a.part)
    part >>= b;
  return a;
}

TRIVIUM_INLINE int_lanes bits(float_lanes x) {
  int_lanes out;
  for (int i = 0; i < parts; ++i)
    out.part[i] = reinterpret_cast<int_register>(x.part[i]);
  return out;
}

TRIVIUM_INLINE float_lanes floats(int_lanes x) {
  float_lanes out;
  for (int i = 0; i < parts; ++i)
    out.part[i] = reinterpret_cast<float_register>(x.part[i]);
  return out;
}

TRIVIUM_INLINE int_lanes greater(int_lanes a, int_lanes b) {
  for (int i = 0; i < parts; ++i)
    a.part[i] = a.part[i] > b.part[i] ? a.part[i] : b.part[i];
  return a;
}

/// |x|'s bits. They are never negative, so signed comparison orders them.
TRIVIUM_INLINE int_lanes magnitude(float_lanes x) {
  return bits(x) & 0x7fffffff;
}

/// Bits that differ from the mask's.
TRIVIUM_INLINE int_lanes flipped(int_lanes x, const int_lanes& mask) {
  for (int i = 0; i < parts; ++i)
    x.part[i] ^= mask.part[i];
  return x;
}

/// All bits of a lane where a > b; none elsewhere.
TRIVIUM_INLINE int_lanes above(const float_lanes& a, const float_lanes& b) {
  int_lanes out;
  for (int i = 0; i < parts; ++i)
    out.part[i] = a.part[i] > b.part[i];
  return out;
}

TRIVIUM_INLINE int_lanes equal(const float_lanes& a, const float_lanes& b) {
  int_lanes out;
  for (int i = 0; i < parts; ++i)
    out.part[i] = a.part[i] == b.part[i];
  return out;
}

/// `a` in the lanes of the mask, `b` elsewhere.
TRIVIUM_INLINE int_lanes chosen(const int_lanes& mask, const int_lanes& a,
                                int_lanes b) {
  for (int i = 0; i < parts; ++i)
    b.part[i] = mask.part[i] ? a.part[i] : b.part[i];
  return b;
}

TRIVIUM_INLINE float_lanes chosen(const int_lanes& mask, const float_lanes& a,
                                  float_lanes b) {
  for (int i = 0; i < parts; ++i)
    b.part[i] = mask.part[i] ? a.part[i] : b.part[i];
  return b;
}

TRIVIUM_INLINE int_lanes clamped(int_lanes x, int32_t low, int32_t high) {
  for (auto& part : x.part) {
    const int_register lowest = low - int_register{};
    const int_register highest = high - int_register{};
    part = part > lowest ? part : lowest;
    part = part < highest ? part : highest;
  }
  return x;
}

TRIVIUM_INLINE float_lanes converted(const int_lanes& x) {
  float_lanes out;
  for (int i = 0; i < parts; ++i)
    out.part[i] = __builtin_convertvector(x.part[i], float_register);
  return out;
}

TRIVIUM_INLINE float_lanes square_root(float_lanes x) {
  for (auto& part : x.part) {
#if defined(__AVX512F__)
    part = _mm512_sqrt_ps(part);
#elif defined(__AVX2__)
    part = _mm256_sqrt_ps(part);
#elif defined(__SSE2__)
    part = _mm_sqrt_ps(part);
#else
    for (int k = 0; k < register_width; ++k)
      part[k] = __builtin_sqrtf(part[k]);
#endif
  }
  return x;
}

/// NaN becomes `low`.
TRIVIUM_INLINE float_lanes clamped(float_lanes x, float low, float high) {
  const auto lowest = broadcast(low);
  const auto highest = broadcast(high);
  for (int i = 0; i < parts; ++i) {
    auto& part = x.part[i];
    part = part > lowest.part[i] ? part : lowest.part[i];
    part = part < highest.part[i] ? part : highest.part[i];
  }
  return x;
}

TRIVIUM_INLINE int_lanes truncated(float_lanes x) {
  int_lanes out;
  for (int i = 0; i < parts; ++i)
    out.part[i] = __builtin_convertvector(x.part[i], int_register);
  return out;
}

TRIVIUM_INLINE uint32_t greatest(int_lanes x) {
  auto widest = x.part[0];
  for (int i = 1; i < parts; ++i)
    widest = widest > x.part[i] ? widest : x.part[i];
#if defined(__AVX2__)
    // One register's halves, quarters, … against each other.
#if defined(__AVX512F__)
  const auto all = reinterpret_cast<__m512i>(widest);
  const __m256i half = _mm256_max_epi32(_mm512_castsi512_si256(all),
                                        _mm512_extracti64x4_epi64(all, 1));
#else
  const auto half = reinterpret_cast<__m256i>(widest);
#endif
  __m128i best = _mm_max_epi32(_mm256_castsi256_si128(half),
                               _mm256_extracti128_si256(half, 1));
  best = _mm_max_epi32(best, _mm_shuffle_epi32(best, 0x4e));
  best = _mm_max_epi32(best, _mm_shuffle_epi32(best, 0xb1));
  return static_cast<uint32_t>(_mm_cvtsi128_si32(best));
#else
  int32_t best = widest[0];
  for (int i = 1; i < register_width; ++i)
    best = widest[i] > best ? widest[i] : best;
  return static_cast<uint32_t>(best);
#endif
}

/// Adds the lanes in double, always in the same order.
TRIVIUM_INLINE double total(float_lanes x) {
  float lanes[lane_count];
  for (int i = 0; i < parts; ++i)
    __builtin_memcpy(lanes + i * register_width, &x.part[i], sizeof x.part[i]);
  double sums[lane_count / 2];
  for (int i = 0; i < lane_count / 2; ++i)
    sums[i] = double{lanes[i]} + double{lanes[i + lane_count / 2]};
  return ((sums[0] + sums[4]) + (sums[2] + sums[6]))
         + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
}

/// The low byte of each of 16 values in [0, 255].
TRIVIUM_INLINE void store_low_bytes(const int_lanes& x, uint8_t* out) {
#if defined(__AVX512F__)
  const __m128i bytes =
    _mm512_cvtepi32_epi8(reinterpret_cast<__m512i>(x.part[0]));
  __builtin_memcpy(out, &bytes, sizeof bytes);
#else
  for (int i = 0; i < parts; ++i)
    for (int k = 0; k < register_width; ++k)
      out[i * register_width + k] = static_cast<uint8_t>(x.part[i][k]);
#endif
}

/// The lanes, in memory.
TRIVIUM_INLINE void store(const float_lanes& x, float* out) {
  for (int i = 0; i < parts; ++i)
    __builtin_memcpy(out + i * register_width, &x.part[i], sizeof x.part[i]);
}

/// The low byte of each of 32 values; each lies in [-128, 127].
TRIVIUM_INLINE void store_bytes(int_lanes a, int_lanes b, void* out) {
#if defined(__AVX512F__)
  const __m128i low =
    _mm512_cvtepi32_epi8(reinterpret_cast<__m512i>(a.part[0]));
  const __m128i high =
    _mm512_cvtepi32_epi8(reinterpret_cast<__m512i>(b.part[0]));
  __builtin_memcpy(out, &low, sizeof low);
  __builtin_memcpy(static_cast<uint8_t*>(out) + 16, &high, sizeof high);
#elif defined(__AVX2__)
  const __m256i words_a = _mm256_packs_epi32(
    reinterpret_cast<__m256i>(a.part[0]), reinterpret_cast<__m256i>(a.part[1]));
  const __m256i words_b = _mm256_packs_epi32(
    reinterpret_cast<__m256i>(b.part[0]), reinterpret_cast<__m256i>(b.part[1]));
  // Packing works within halves of a register: groups of four come out as
  // 0 2 4 6 1 3 5 7.
  const __m256i mixed = _mm256_packs_epi16(words_a, words_b);
  const __m256i ordered = _mm256_permutevar8x32_epi32(
    mixed, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
  __builtin_memcpy(out, &ordered, sizeof ordered);
#elif defined(__SSE2__)
  for (int i = 0; i < 2; ++i) {
    const auto& half = i == 0 ? a : b;
    const __m128i low =
      _mm_packs_epi32(reinterpret_cast<__m128i>(half.part[0]),
                      reinterpret_cast<__m128i>(half.part[1]));
    const __m128i high =
      _mm_packs_epi32(reinterpret_cast<__m128i>(half.part[2]),
                      reinterpret_cast<__m128i>(half.part[3]));
    const __m128i bytes = _mm_packs_epi16(low, high);
    __builtin_memcpy(static_cast<uint8_t*>(out) + 16 * i, &bytes, sizeof bytes);
  }
#else
  uint32_t lanes[2 * lane_count];
  store_bits(a, lanes);
  store_bits(b, lanes + lane_count);
  auto* bytes = static_cast<int8_t*>(out);
  for (int i = 0; i < 2 * lane_count; ++i)
    bytes[i] = static_cast<int8_t>(lanes[i]);
#endif
}

} // namespace
} // namespace trivium::accelerators

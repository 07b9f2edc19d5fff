#pragma once

#include <cstddef>
#include <cstdint>

/// The door between the tile logic, compiled once, and kernels.cpp, compiled
/// once an instruction set. Plain types only: nothing here has code, so that no
/// function compiled for a newer CPU can be linked into the rest.
namespace trivium::accelerators {

/// Sums over elements, in units of a step squared (see `unit` of each kernel).
/// `failed` tells that a value was not finite: then nothing else holds.
struct kernel_sums {
  double signal = 0;        ///< Σ x²
  double noise = 0;         ///< Σ (x − x̂)²
  double approximation = 0; ///< Σ x̂²
  double max_error = 0;     ///< max |x − x̂|
};

/// Columns that one strip of a tile may have.
inline constexpr uint32_t strip_width = 1024;

/// Scales of the columns of a strip, and what follows from them.
struct strip_scales {
  alignas(64) float scale[strip_width];
  alignas(64) float inverse[strip_width]; ///< 1 / scale.
  alignas(64) float weight[strip_width];  ///< scale / unit, at most 1.
  float unit = 1;                         ///< The largest scale.
};

/// `rows` pieces of `width` ≤ strip_width elements, `stride` elements apart.
struct strip_shape {
  uint64_t rows = 0;
  uint64_t stride = 0;
  uint32_t width = 0;
};

/// Whole blocks of one of ggml's types from `x`. Returns how many were done:
/// the one after them holds a NaN or infinity when that is not all.
using block_kernel = uint64_t (*)(const void* x, uint64_t blocks,
                                  uint8_t* values, kernel_sums* sums);

/// The kernels for one source type. `x` need not be aligned. Where `sums` is
/// not null the kernel adds to it.
struct source_kernels {
  /// The largest |x|, as bits.
  uint32_t (*absmax)(const void* x, uint64_t count);

  /// Raises bits[column] by the column's |x|.
  void (*absmax_strip)(const void* x, strip_shape shape, uint32_t* bits);

  /// arithmetic::quantized_int8 of each x. `absmax` is the run's, as bits.
  /// @pre scale ≥ 2^-126, finite. Sums: real size.
  void (*int8_run)(const void* x, uint64_t count, float scale, uint32_t absmax,
                   int8_t* values, kernel_sums* sums);

  /// The same where each column has its scale; `values` has the layout of x.
  /// False: an x is not finite.
  bool (*int8_strip)(const void* x, strip_shape shape,
                     const strip_scales& scales, int8_t* values,
                     kernel_sums* sums);

  /// arithmetic::quantized_row_ct of each x, quotients rounded to the source's
  /// type.
  void (*row_ct)(const void* x, uint64_t count, float scale, int8_t* values,
                 kernel_sums* sums);

  block_kernel q8_0; ///< 32 elements → 34 bytes.
  block_kernel q4_0; ///< 32 elements → 18 bytes.
  block_kernel q4_k; ///< 256 elements → 144 bytes.
  block_kernel q6_k; ///< 256 elements → 210 bytes.
};

struct kernel_table {
  source_kernels f32;
  source_kernels f16;
  source_kernels bf16;
};

/// Defined by kernels.cpp, once a level.
extern const kernel_table kernels_baseline;
#if defined(__x86_64__)
extern const kernel_table kernels_x86_64_v3;
extern const kernel_table kernels_x86_64_v4;
#endif

} // namespace trivium::accelerators

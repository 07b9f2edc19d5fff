// Compiled once an instruction set; CMakeLists.txt sets the flags and
// TRIVIUM_KERNEL_TABLE, the name of the table this compilation defines.
// Nothing here may call a function with external linkage: the linker would be
// free to take its AVX-512 form for a CPU without it (tests check the objects).
#include "accelerators/cpu/kernel_table.hpp"

#include "accelerators/cpu/int8_kernels.hpp"
#include "accelerators/cpu/q4_0_kernel.hpp"
#include "accelerators/cpu/q4_k_kernel.hpp"
#include "accelerators/cpu/q6_k_kernel.hpp"
#include "accelerators/cpu/q8_0_kernel.hpp"

namespace trivium::accelerators {

namespace {

template <class Source>
uint32_t absmax(const void* source, uint64_t count) {
  const auto* x = static_cast<const Source*>(source);
  int_lanes best[4] = {};
  uint64_t i = 0;
  for (; i + 4 * lane_count <= count; i += 4 * lane_count)
    for (int k = 0; k < 4; ++k)
      best[k] = greater(best[k], magnitude(load(x + i + k * lane_count)));
  for (; i + lane_count <= count; i += lane_count)
    best[0] = greater(best[0], magnitude(load(x + i)));
  if (i < count)
    best[0] = greater(best[0], magnitude(load_some(x + i, count - i)));
  return greatest(
    greater(greater(best[0], best[1]), greater(best[2], best[3])));
}

template <class Source>
void absmax_strip(const void* source, strip_shape shape, uint32_t* bits) {
  const auto* x = static_cast<const Source*>(source);
  for (uint64_t row = 0; row < shape.rows; ++row, x += shape.stride) {
    uint32_t i = 0;
    for (; i + lane_count <= shape.width; i += lane_count) {
      const auto best = greater(load_bits(bits + i), magnitude(load(x + i)));
      store_bits(best, bits + i);
    }
    if (i == shape.width)
      continue;
    const uint32_t rest = shape.width - i;
    uint32_t lanes[lane_count];
    store_bits(magnitude(load_some(x + i, rest)), lanes);
    for (uint32_t k = 0; k < rest; ++k)
      bits[i + k] = lanes[k] > bits[i + k] ? lanes[k] : bits[i + k];
  }
}

template <class Source>
void any_int8_run(const void* x, uint64_t count, float scale,
                  uint32_t absmax_bits, int8_t* out, kernel_sums* sums) {
  const auto* source = static_cast<const Source*>(x);
  if (sums != nullptr)
    int8_run<true>(source, count, scale, absmax_bits, out, sums);
  else
    int8_run<false>(source, count, scale, absmax_bits, out, sums);
}

template <class Source>
bool any_int8_strip(const void* x, strip_shape shape,
                    const strip_scales& scales, int8_t* out,
                    kernel_sums* sums) {
  const auto* source = static_cast<const Source*>(x);
  return sums != nullptr ? int8_strip<true>(source, shape, scales, out, sums)
                         : int8_strip<false>(source, shape, scales, out, sums);
}

template <class Source, class Round>
void any_row_ct(const void* x, uint64_t count, float scale, int8_t* out,
                kernel_sums* sums) {
  const auto* source = static_cast<const Source*>(x);
  if (sums != nullptr)
    row_ct<true, Round>(source, count, scale, out, sums);
  else
    row_ct<false, Round>(source, count, scale, out, sums);
}

#define TRIVIUM_BLOCK_KERNEL(name)                                             \
  template <class Source>                                                      \
  uint64_t any_##name(const void* x, uint64_t blocks, uint8_t* out,            \
                      kernel_sums* sums) {                                     \
    const auto* source = static_cast<const Source*>(x);                        \
    return sums != nullptr ? name<true>(source, blocks, out, sums)             \
                           : name<false>(source, blocks, out, sums);           \
  }
TRIVIUM_BLOCK_KERNEL(q8_0)
TRIVIUM_BLOCK_KERNEL(q4_0)
TRIVIUM_BLOCK_KERNEL(q4_k)
TRIVIUM_BLOCK_KERNEL(q6_k)
#undef TRIVIUM_BLOCK_KERNEL

template <class Source, class Round>
constexpr source_kernels kernels_of() {
  return {
    absmax<Source>,         absmax_strip<Source>,      any_int8_run<Source>,
    any_int8_strip<Source>, any_row_ct<Source, Round>, any_q8_0<Source>,
    any_q4_0<Source>,       any_q4_k<Source>,          any_q6_k<Source>};
}

} // namespace

const kernel_table TRIVIUM_KERNEL_TABLE = {kernels_of<float, in_f32>(),
                                           kernels_of<f16, in_f16>(),
                                           kernels_of<bf16, in_bf16>()};

} // namespace trivium::accelerators

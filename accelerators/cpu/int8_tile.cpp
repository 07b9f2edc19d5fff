#include "accelerators/cpu/int8_tile.hpp"

#include "accelerators/cpu/arithmetic.hpp"
#include "accelerators/cpu/strips.hpp"

#include <algorithm>

namespace trivium::accelerators {

namespace {

/// Runs shorter than this are better taken many at a time.
constexpr uint64_t long_run = 256;

struct tile_source {
  const std::byte* bytes;
  uint64_t element_size;

  explicit tile_source(const tile_call& call)
    : bytes(call.source.data()),
      element_size(call.source_type == tensor_type::f32 ? 4 : 2) {}

  [[nodiscard]] const void* at(uint64_t element) const {
    return bytes + element * element_size;
  }
};

int8_t* values_at(const tile_call& call, uint64_t element) {
  return reinterpret_cast<int8_t*>(call.values.data()) + element;
}

bool takes_strips(const tile_call& call) {
  return call.action == scheme::int8_channel && call.step != tile_step::fuse
         && call.view.inner < long_run;
}

/// One run of one channel: measure, fuse or encode.
bool run_one(const source_kernels& kernels, const tile_call& call,
             uint64_t channel, uint64_t first, kernel_sums* sums) {
  const uint64_t count = call.view.inner;
  const void* x = tile_source{call}.at(first);
  const uint32_t absmax = kernels.absmax(x, count);
  if (call.step == tile_step::measure) {
    auto& bits = call.absmax_bits[channel];
    bits = std::max(bits, absmax);
    return absmax < arithmetic::infinity_bits;
  }
  if (absmax >= arithmetic::infinity_bits)
    return false;
  auto& scale = call.scales[channel];
  if (call.step == tile_step::fuse)
    scale = channel_scale(call.action, absmax, call.scale_type);
  auto* out = values_at(call, first);
  if (call.action == scheme::int8_row_ct)
    kernels.row_ct(x, count, scale, out, sums);
  else
    kernels.int8_run(x, count, scale, absmax, out, sums);
  return true;
}

bool run_runs(const source_kernels& kernels, const tile_call& call,
              kernel_sums* sums) {
  uint64_t first = 0;
  for (uint64_t outer = 0; outer < call.view.outer; ++outer)
    for (uint64_t channel = 0; channel < call.view.channels; ++channel) {
      if (!run_one(kernels, call, channel, first, sums))
        return false;
      first += call.view.inner;
    }
  return true;
}

bool measure_strips(const source_kernels& kernels, const tile_call& call) {
  bool is_finite = true;
  for_each_strip(call.view, [&](const strip& s) {
    alignas(64) uint32_t bits[strip_width] = {};
    kernels.absmax_strip(tile_source{call}.at(s.first), s.shape, bits);
    for (uint32_t column = 0; column < s.shape.width; ++column) {
      auto& channel = call.absmax_bits[s.channel(column)];
      channel = std::max(channel, bits[column]);
      is_finite = is_finite && bits[column] < arithmetic::infinity_bits;
    }
    return is_finite;
  });
  return is_finite;
}

bool encode_strips(const source_kernels& kernels, const tile_call& call,
                   kernel_sums* sums) {
  bool is_finite = true;
  for_each_strip(call.view, [&](const strip& s) {
    const auto scales = scales_of(s, call.scales);
    is_finite = kernels.int8_strip(tile_source{call}.at(s.first), s.shape,
                                   scales, values_at(call, s.first), sums);
    return is_finite;
  });
  return is_finite;
}

} // namespace

bool run_int8(const source_kernels& kernels, const tile_call& call,
              kernel_sums* sums) {
  if (!takes_strips(call))
    return run_runs(kernels, call, sums);
  if (call.step == tile_step::measure)
    return measure_strips(kernels, call);
  return encode_strips(kernels, call, sums);
}

} // namespace trivium::accelerators

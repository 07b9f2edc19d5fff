// What tools/measure/kernels.py times, as plain functions in one library: our
// kernels as a lane runs them, and what stands beside them.

#include "accelerators/cpu/cpu_device.hpp"

#include <dnnl.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <vector>

namespace {

using namespace trivium;

accelerators::lane& lane() {
  static const auto device = accelerators::probe_cpu_device().value();
  static const auto opened = device->open_lane().value();
  return *opened;
}

int run(scheme action, const float* source, uint64_t rows, uint64_t columns,
        std::span<std::byte> values, std::span<float> scales,
        bool wants_error_sums) {
  accelerators::tile_call call;
  call.action = action;
  call.view = action == scheme::q8_0
                ? accelerators::channel_view{1, 1, rows * columns}
                : accelerators::channel_view{1, rows, columns};
  call.source = std::as_bytes(std::span{source, rows * columns});
  call.values = values;
  call.scales = scales;
  call.wants_error_sums = wants_error_sums;
  return lane().run(call).has_value() ? 0 : 1;
}

} // namespace

extern "C" {

/// The level that runs: "AMD EPYC, x86-64-v3".
const char* measured_device() {
  static const auto name =
    accelerators::probe_cpu_device().value()->info().name;
  return name.c_str();
}

/// One scale a row, scales and values in one pass. 0 = done.
int measured_int8_rows(const float* source, uint64_t rows, uint64_t columns,
                       std::byte* values, float* scales, int wants_sums) {
  return run(scheme::int8_channel, source, rows, columns,
             {values, rows * columns}, {scales, rows}, wants_sums != 0);
}

/// One scale a column, as ONNX MatMul weights have it: measured, then encoded.
int measured_int8_columns(const float* source, uint64_t rows, uint64_t columns,
                          std::byte* values, float* scales, int wants_sums) {
  std::vector<uint32_t> largest(columns);
  accelerators::tile_call call;
  call.action = scheme::int8_channel;
  call.step = accelerators::tile_step::measure;
  call.view = {rows, columns, 1};
  call.source = std::as_bytes(std::span{source, rows * columns});
  call.absmax_bits = largest;
  if (!lane().run(call))
    return 1;
  std::transform(largest.begin(), largest.end(), scales, [](uint32_t bits) {
    return accelerators::channel_scale(scheme::int8_channel, bits,
                                       tensor_type::f32);
  });
  call.step = accelerators::tile_step::encode;
  call.absmax_bits = {};
  call.values = {values, rows * columns};
  call.scales = {scales, columns};
  call.wants_error_sums = wants_sums != 0;
  return lane().run(call).has_value() ? 0 : 1;
}

int measured_q8_0(const float* source, uint64_t rows, uint64_t columns,
                  std::byte* values, int wants_sums) {
  return run(scheme::q8_0, source, rows, columns,
             {values, rows * columns / 32 * 34}, {}, wants_sums != 0);
}

void measured_memcpy(std::byte* to, const std::byte* from, uint64_t bytes) {
  std::memcpy(to, from, bytes);
}

/// The same int8 rows by oneDNN: it applies scales and does not find them, so a
/// pass for the largest |x| a row comes first. One thread.
int measured_onednn_rows(const float* source, uint64_t rows, uint64_t columns,
                         std::byte* values, float* scales) {
  using dnnl::memory;
  static const dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  static dnnl::stream stream{engine};
  std::vector<float> factors(rows);
  for (uint64_t row = 0; row < rows; ++row) {
    uint32_t largest = 0;
    const auto* const begin = source + row * columns;
    for (uint64_t i = 0; i < columns; ++i) {
      uint32_t bits = 0;
      std::memcpy(&bits, begin + i, sizeof(bits));
      largest = std::max(largest, bits & 0x7fffffffU);
    }
    float absmax = 0;
    std::memcpy(&absmax, &largest, sizeof(absmax));
    scales[row] = absmax / 127.0F;
    factors[row] = 1.0F / scales[row];
  }
  const memory::dims shape{static_cast<memory::dim>(rows),
                           static_cast<memory::dim>(columns)};
  const memory::desc f32{shape, memory::data_type::f32, memory::format_tag::ab};
  const memory::desc s8{shape, memory::data_type::s8, memory::format_tag::ab};
  memory from{f32, engine, const_cast<float*>(source)};
  memory to{s8, engine, values};
  dnnl::primitive_attr attributes;
#if DNNL_VERSION_MAJOR >= 3
  attributes.set_scales_mask(DNNL_ARG_DST, 1);
  memory scale{{{static_cast<memory::dim>(rows)},
                memory::data_type::f32,
                memory::format_tag::a},
               engine,
               scales};
  dnnl::reorder{{engine, f32, engine, s8, attributes}}.execute(
    stream, {{DNNL_ARG_FROM, from},
             {DNNL_ARG_TO, to},
             {DNNL_ARG_ATTR_SCALES | DNNL_ARG_DST, scale}});
#else
  attributes.set_output_scales(1, factors);
  dnnl::reorder{{engine, f32, engine, s8, attributes}}.execute(stream, from,
                                                               to);
#endif
  stream.wait();
  return 0;
}

} // extern "C"

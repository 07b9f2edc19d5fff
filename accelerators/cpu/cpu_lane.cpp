#include "accelerators/cpu/cpu_lane.hpp"

#include "accelerators/cpu/int8_tile.hpp"

#include <cfenv>
#include <limits>

namespace trivium::accelerators {

namespace {

/// A library that set flush-to-zero on this thread must not change a byte.
class default_float_environment {
public:
  default_float_environment() {
    std::fegetenv(&before_);
    std::fesetenv(FE_DFL_ENV);
  }
  ~default_float_environment() { std::fesetenv(&before_); }
  default_float_environment(const default_float_environment&) = delete;
  default_float_environment&
  operator=(const default_float_environment&) = delete;

private:
  std::fenv_t before_{};
};

const source_kernels& kernels_for(const kernel_table& table,
                                  tensor_type source) {
  if (source == tensor_type::f16)
    return table.f16;
  return source == tensor_type::bf16 ? table.bf16 : table.f32;
}

bool run_q8_0(const source_kernels& kernels, const tile_call& call,
              kernel_sums* sums) {
  const uint64_t blocks = call.view.elements() / 32;
  auto* out = reinterpret_cast<uint8_t*>(call.values.data());
  return kernels.q8_0(call.source.data(), blocks, out, sums) == blocks;
}

error_sums to_error_sums(const kernel_sums& sums, uint64_t count) {
  error_sums out;
  out.signal = sums.signal;
  out.noise = sums.noise;
  out.approximation = sums.approximation;
  // (x − x̂)² = x² − 2x·x̂ + x̂²: one sum less in the kernels, and the cosine
  // that follows from it only sees the square of their rounding.
  if (sums.noise < std::numeric_limits<double>::infinity())
    out.product = (sums.signal + sums.approximation - sums.noise) / 2;
  out.max_error = sums.max_error;
  out.count = count;
  return out;
}

} // namespace

expected<tile_outcome> cpu_lane::run(const tile_call& call) {
  TRIVIUM_CHECK(check(call));
  const default_float_environment environment;
  const auto& kernels = kernels_for(kernels_, call.source_type);
  kernel_sums sums;
  const bool is_measuring = call.step == tile_step::measure;
  const bool wants_sums = call.wants_error_sums && !is_measuring;
  auto* wanted = wants_sums ? &sums : nullptr;

  const bool is_finite = call.action == scheme::q8_0
                           ? run_q8_0(kernels, call, wanted)
                           : run_int8(kernels, call, wanted);

  tile_outcome outcome;
  if (!is_finite)
    outcome.non_finite = first_non_finite(call.source, call.source_type);
  if (wants_sums && !outcome.non_finite)
    outcome.errors = to_error_sums(sums, call.view.elements());
  return outcome;
}

} // namespace trivium::accelerators

// The only file that includes oneDNN.
#include "accelerators/layer_check.hpp"

#include <algorithm>
#include <cmath>
#include <new>
#include <string>
#include <vector>

#include <dnnl.hpp>

#if defined(_OPENMP)
#include <omp.h>
#endif

namespace trivium::accelerators {

namespace {

using dnnl::memory;

/// Elements of one block of outputs, so that memory stays bounded: two blocks
/// of 4 MiB (or of one column, where there are more samples than that).
constexpr uint64_t block_elements = 1U << 20U;

/// oneDNN's OpenMP team would compete with the other lanes.
class one_thread {
public:
#if defined(_OPENMP)
  one_thread() : before_(omp_get_max_threads()) { omp_set_num_threads(1); }
  ~one_thread() { omp_set_num_threads(before_); }
  one_thread(const one_thread&) = delete;
  one_thread& operator=(const one_thread&) = delete;

private:
  int before_;
#endif
};

/// Y[samples, outputs] = X[samples, inputs] · W[outputs, inputs]ᵀ.
class product {
public:
  product(const dnnl::engine& engine, const dnnl::stream& stream,
          uint64_t samples, uint64_t inputs, uint64_t outputs)
    : engine_(engine), stream_(stream) {
    const auto m = static_cast<memory::dim>(samples);
    const auto k = static_cast<memory::dim>(inputs);
    const auto n = static_cast<memory::dim>(outputs);
    const auto f32 = memory::data_type::f32;
    x_ = memory::desc{{m, k}, f32, memory::format_tag::ab};
    w_ = memory::desc{{k, n}, f32, memory::format_tag::ba};
    y_ = memory::desc{{m, n}, f32, memory::format_tag::ab};
#if DNNL_VERSION_MAJOR >= 3
    matmul_ = dnnl::matmul{dnnl::matmul::primitive_desc{engine, x_, w_, y_}};
#else
    matmul_ = dnnl::matmul{
      dnnl::matmul::primitive_desc{dnnl::matmul::desc{x_, w_, y_}, engine}};
#endif
  }

  void run(const float* x, const float* w, float* y) {
    // The C API takes pointers to mutable memory and only reads X and W.
    matmul_.execute(stream_,
                    {{DNNL_ARG_SRC, {x_, engine_, const_cast<float*>(x)}},
                     {DNNL_ARG_WEIGHTS, {w_, engine_, const_cast<float*>(w)}},
                     {DNNL_ARG_DST, {y_, engine_, y}}});
    stream_.wait();
  }

private:
  dnnl::engine engine_;
  dnnl::stream stream_;
  memory::desc x_, w_, y_;
  dnnl::matmul matmul_;
};

void add(error_sums& sums, const std::vector<float>& reference,
         const std::vector<float>& approximation, uint64_t count) {
  for (uint64_t i = 0; i < count; ++i) {
    const double y = reference[i];
    const double z = approximation[i];
    sums.signal += y * y;
    sums.noise += (y - z) * (y - z);
    sums.approximation += z * z;
    sums.product += y * z;
    sums.max_error = std::max(sums.max_error, std::abs(y - z));
  }
  sums.count += count;
}

error_sums compare(const float* x, const float* w, const float* approximation,
                   uint64_t samples, uint64_t inputs, uint64_t outputs) {
  const one_thread limit;
  const dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  const dnnl::stream stream{engine};
  const uint64_t block =
    std::min(outputs, std::max<uint64_t>(1, block_elements / samples));
  std::vector<float> y(samples * block);
  std::vector<float> z(samples * block);
  error_sums sums;
  product whole{engine, stream, samples, inputs, block};
  for (uint64_t first = 0; first < outputs; first += block) {
    const uint64_t width = std::min(block, outputs - first);
    if (width != block)
      whole = product{engine, stream, samples, inputs, width};
    whole.run(x, w + first * inputs, y.data());
    whole.run(x, approximation + first * inputs, z.data());
    add(sums, y, z, samples * width);
  }
  return sums;
}

expected<void> check_size(const char* what, size_t seen, uint64_t rows,
                          uint64_t columns) {
  uint64_t wanted = 0;
  if (__builtin_mul_overflow(rows, columns, &wanted) || wanted != seen)
    return fail(ec::invalid_argument,
                "layer check: " + std::string{what} + " has "
                  + std::to_string(seen) + " elements, not "
                  + std::to_string(rows) + " x " + std::to_string(columns));
  return {};
}

} // namespace

expected<error_sums> compare_layer_outputs(std::span<const float> x,
                                           std::span<const float> w,
                                           std::span<const float> approximation,
                                           uint64_t samples, uint64_t inputs,
                                           uint64_t outputs) {
  TRIVIUM_CHECK(check_size("x", x.size(), samples, inputs));
  TRIVIUM_CHECK(check_size("w", w.size(), outputs, inputs));
  TRIVIUM_CHECK(
    check_size("approximation", approximation.size(), outputs, inputs));
  if (x.empty() || w.empty())
    return error_sums{};
  try {
    return compare(x.data(), w.data(), approximation.data(), samples, inputs,
                   outputs);
  } catch (const dnnl::error& e) {
    return fail(ec::internal,
                "layer check: oneDNN " + std::string{e.what()} + " (status "
                  + std::to_string(static_cast<int>(e.status)) + ")");
  } catch (const std::bad_alloc&) {
    return fail(ec::resource_exhausted, "layer check: no memory for "
                                          + std::to_string(samples)
                                          + " samples");
  }
}

std::string onednn_name() {
  const auto* const version = dnnl::version();
  return "oneDNN " + std::to_string(version->major) + "."
         + std::to_string(version->minor) + "."
         + std::to_string(version->patch);
}

} // namespace trivium::accelerators

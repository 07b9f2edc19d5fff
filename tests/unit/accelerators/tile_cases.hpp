#pragma once

#include "accelerators/cpu/cpu_level.hpp"
#include "accelerators/device.hpp"

#include <boost/test/tree/decorator.hpp>

#include <random>
#include <string>
#include <vector>

namespace trivium::accelerators::test {

/// Owns what a tile_call points to. Sources lie `misaligned_by` bytes past an
/// aligned address.
class tile {
public:
  tile(scheme action, tile_step step, tensor_type source_type,
       channel_view view, size_t misaligned_by = 0);

  /// Elements are rounded to the source's type.
  void fill(const std::vector<float>& elements);
  void set(uint64_t index, float element);
  /// The elements as the kernels see them, in f32.
  [[nodiscard]] std::vector<float> elements() const;

  /// The outcome on `device`; a refusal fails the test.
  tile_outcome run(device& device);

  [[nodiscard]] int8_t value(uint64_t index) const {
    return static_cast<int8_t>(values[index]);
  }

  tile_call call;
  std::vector<std::byte> values;
  std::vector<float> scales;
  std::vector<uint32_t> absmax_bits;

private:
  std::vector<std::byte> source_;
  size_t misaligned_by_;
};

/// The device that TRIVIUM_CPU_LEVEL names, else the best one here. It fails
/// the test when the name is unknown.
[[nodiscard]] device& device_under_test();

/// For suites that need it: skips them, with the reason, where the level that
/// TRIVIUM_CPU_LEVEL names cannot run.
[[nodiscard]] boost::unit_test::decorator::precondition when_the_level_runs();

/// The plainest level, which all others must equal.
[[nodiscard]] device& baseline_device();

/// `count` numbers of ordinary size, with zeros of both signs, subnormals,
/// ties of every kind and powers of two among them. All finite in any type.
[[nodiscard]] std::vector<float> varied_elements(uint64_t count,
                                                 uint32_t seed = 1);

/// Fails the test unless both are equal, bit for bit.
void require_equal_bits(const error_sums& a, const error_sums& b);

/// Fails the test unless `sums` describe `elements` against `approximation`.
void require_sums_of(const error_sums& sums, const std::vector<float>& elements,
                     const std::vector<float>& approximation);

inline const std::vector<tensor_type> source_types{
  tensor_type::f32, tensor_type::f16, tensor_type::bf16};

} // namespace trivium::accelerators::test

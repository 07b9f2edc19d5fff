#include "tests/unit/accelerators/tile_cases.hpp"

#include "accelerators/cpu/arithmetic.hpp"
#include "accelerators/cpu/cpu_device.hpp"

#include <boost/test/unit_test.hpp>

#include <bit>
#include <cstring>

namespace trivium::accelerators::test {

namespace {

const expected<std::shared_ptr<device>>& probed() {
  static const auto device = probe_cpu_device();
  return device;
}

boost::test_tools::assertion_result level_runs(boost::unit_test::test_unit_id) {
  // A name that is no level at all is a mistake, not a lack of the CPU.
  if (probed() || probed().error().code != ec::unsupported)
    return true;
  boost::test_tools::assertion_result absent{false};
  absent.message() << probed().error().text;
  return absent;
}

size_t width_of(tensor_type type) { return type == tensor_type::f32 ? 4 : 2; }

} // namespace

device& device_under_test() {
  BOOST_REQUIRE_MESSAGE(probed(), probed().error().text);
  return **probed();
}

boost::unit_test::decorator::precondition when_the_level_runs() {
  return boost::unit_test::decorator::precondition{level_runs};
}

device& baseline_device() {
  static const auto instance = make_cpu_device(cpu_level::baseline);
  return **instance;
}

tile::tile(scheme action, tile_step step, tensor_type source_type,
           channel_view view, size_t misaligned_by)
  : misaligned_by_(misaligned_by) {
  const auto count = view.elements();
  source_.resize(count * width_of(source_type) + misaligned_by);
  values.resize(action == scheme::q8_0 ? count / 32 * 34 : count);
  if (action != scheme::q8_0)
    scales.assign(view.channels, 1.0F);
  absmax_bits.assign(view.channels, 0);
  call.action = action;
  call.step = step;
  call.source_type = source_type;
  call.view = view;
  if (action == scheme::int8_row_ct)
    call.scale_type = source_type;
}

void tile::set(uint64_t index, float element) {
  auto* at =
    source_.data() + misaligned_by_ + index * width_of(call.source_type);
  const uint16_t half = call.source_type == tensor_type::f16
                          ? arithmetic::to_f16(element)
                          : arithmetic::to_bf16(element);
  if (call.source_type == tensor_type::f32)
    std::memcpy(at, &element, sizeof element);
  else
    std::memcpy(at, &half, sizeof half);
}

void tile::fill(const std::vector<float>& elements) {
  for (uint64_t i = 0; i < elements.size(); ++i)
    set(i, elements[i]);
}

std::vector<float> tile::elements() const {
  std::vector<float> out(call.view.elements());
  for (uint64_t i = 0; i < out.size(); ++i) {
    const auto* at =
      source_.data() + misaligned_by_ + i * width_of(call.source_type);
    uint16_t half = 0;
    std::memcpy(&half, at, sizeof half);
    if (call.source_type == tensor_type::f16)
      out[i] = arithmetic::from_f16(half);
    else if (call.source_type == tensor_type::bf16)
      out[i] = arithmetic::from_bf16(half);
    else
      std::memcpy(&out[i], at, sizeof out[i]);
  }
  return out;
}

tile_outcome tile::run(device& device) {
  call.source = std::span{source_}.subspan(misaligned_by_);
  call.values = values;
  call.scales = scales;
  call.absmax_bits = absmax_bits;
  auto lane = device.open_lane();
  BOOST_REQUIRE(lane);
  auto outcome = (*lane)->run(call);
  BOOST_REQUIRE_MESSAGE(outcome, (outcome ? "" : outcome.error().text));
  return *outcome;
}

std::vector<float> varied_elements(uint64_t count, uint32_t seed) {
  std::mt19937 random{seed};
  std::normal_distribution<float> ordinary{0, 0.05F};
  std::vector<float> out(count);
  for (auto& x : out) {
    const auto dice = random();
    const auto whole = static_cast<float>(dice % 255) - 127.0F;
    switch (dice >> 16U & 63U) {
    case 0:
      x = (dice & 1U) != 0 ? 0.0F : -0.0F;
      break;
    case 1: // subnormal in every type
      x = std::copysign(0x1p-140F * whole, -1.0F);
      break;
    case 2: // a tie where the scale is a power of two
      x = (whole + 0.5F) * 0x1p-9F;
      break;
    case 3: // just beside a tie
      x = std::nextafter((whole + 0.5F) * 0x1p-9F, whole);
      break;
    case 4:
      x = std::ldexp(1.0F, -static_cast<int>(dice % 24));
      break;
    case 5:
      x = whole * 0x1p-24F;
      break;
    default:
      x = ordinary(random);
    }
  }
  return out;
}

void require_equal_bits(const error_sums& a, const error_sums& b) {
  BOOST_REQUIRE_EQUAL(std::bit_cast<uint64_t>(a.signal),
                      std::bit_cast<uint64_t>(b.signal));
  BOOST_REQUIRE_EQUAL(std::bit_cast<uint64_t>(a.noise),
                      std::bit_cast<uint64_t>(b.noise));
  BOOST_REQUIRE_EQUAL(std::bit_cast<uint64_t>(a.approximation),
                      std::bit_cast<uint64_t>(b.approximation));
  BOOST_REQUIRE_EQUAL(std::bit_cast<uint64_t>(a.product),
                      std::bit_cast<uint64_t>(b.product));
  BOOST_REQUIRE_EQUAL(std::bit_cast<uint64_t>(a.max_error),
                      std::bit_cast<uint64_t>(b.max_error));
  BOOST_REQUIRE_EQUAL(a.count, b.count);
}

void require_sums_of(const error_sums& sums, const std::vector<float>& elements,
                     const std::vector<float>& approximation) {
  error_sums plain;
  for (size_t i = 0; i < elements.size(); ++i) {
    const double x = elements[i];
    const double y = approximation[i];
    plain.signal += x * x;
    plain.noise += (x - y) * (x - y);
    plain.approximation += y * y;
    plain.product += x * y;
    plain.max_error = std::max(plain.max_error, std::abs(x - y));
  }
  // The kernels add 64 products in f32 (64 · 2^-24 = 4e-6) before they go on
  // in double, and know x/scale to 1.5e-5 of a step: that is 1e-4 of a noise of
  // 0.29 steps.
  constexpr double percent = 0.01;
  BOOST_TEST(sums.signal == plain.signal, boost::test_tools::tolerance(1e-5));
  BOOST_TEST(sums.approximation == plain.approximation,
             boost::test_tools::tolerance(1e-5));
  BOOST_TEST(sums.product == plain.product, boost::test_tools::tolerance(1e-5));
  BOOST_TEST(sums.noise == plain.noise,
             boost::test_tools::tolerance(percent / 10));
  BOOST_TEST(sums.max_error == plain.max_error,
             boost::test_tools::tolerance(percent));
  BOOST_TEST(sums.count == elements.size());
}

} // namespace trivium::accelerators::test

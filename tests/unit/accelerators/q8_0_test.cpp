#include "accelerators/cpu/arithmetic.hpp"
#include "tests/unit/accelerators/tile_cases.hpp"

#include <boost/test/unit_test.hpp>

#include <cstring>
#include <fstream>
#include <iterator>
#include <limits>

namespace trivium::accelerators::test {

namespace {

tile q8_0_tile(tensor_type type, uint64_t blocks, size_t misaligned_by = 0) {
  return {
    scheme::q8_0, tile_step::fuse, type, {1, 1, 32 * blocks}, misaligned_by};
}

/// ggml's quantize_row_q8_0_ref, block by block.
std::vector<std::byte> specified(const std::vector<float>& elements) {
  std::vector<std::byte> out;
  for (size_t first = 0; first < elements.size(); first += 32) {
    float absmax = 0;
    for (size_t i = 0; i < 32; ++i)
      absmax = std::max(absmax, std::abs(elements[first + i]));
    const auto step = arithmetic::q8_0_step_of(absmax);
    const auto stored = arithmetic::to_f16(step.step);
    out.push_back(static_cast<std::byte>(stored & 0xffU));
    out.push_back(static_cast<std::byte>(stored >> 8U));
    for (size_t i = 0; i < 32; ++i)
      out.push_back(static_cast<std::byte>(
        arithmetic::quantized_q8_0(elements[first + i], step.inverse)));
  }
  return out;
}

std::vector<float> decoded(const std::vector<std::byte>& bytes) {
  std::vector<float> out;
  for (size_t block = 0; block < bytes.size(); block += 34) {
    uint16_t scale = 0;
    std::memcpy(&scale, &bytes[block], sizeof scale);
    for (size_t i = 2; i < 34; ++i)
      out.push_back(
        arithmetic::from_f16(scale)
        * static_cast<float>(static_cast<int8_t>(bytes[block + i])));
  }
  return out;
}

std::vector<std::byte> golden(const std::string& name) {
  std::ifstream file{TRIVIUM_SOURCE_DIR "/tests/golden/q8_0/" + name,
                     std::ios::binary};
  BOOST_REQUIRE_MESSAGE(file, name << " cannot be read");
  const std::string text{std::istreambuf_iterator<char>{file}, {}};
  std::vector<std::byte> out(text.size());
  std::memcpy(out.data(), text.data(), text.size());
  return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(q8_0, *when_the_level_runs())

BOOST_AUTO_TEST_CASE(a_million_elements_equal_the_specification) {
  for (const auto type : source_types) {
    auto t = q8_0_tile(type, 32803);
    t.fill(varied_elements(t.call.view.elements()));

    const auto outcome = t.run(device_under_test());

    BOOST_TEST((t.values == specified(t.elements())));
    require_sums_of(outcome.errors, t.elements(), decoded(t.values));
  }
}

BOOST_AUTO_TEST_CASE(every_number_of_blocks_equals_the_specification) {
  for (const auto type : source_types)
    for (uint64_t blocks = 0; blocks <= 70; ++blocks) {
      auto t = q8_0_tile(type, blocks, blocks % 4);
      t.fill(varied_elements(32 * blocks, static_cast<uint32_t>(blocks)));
      t.run(device_under_test());
      BOOST_REQUIRE((t.values == specified(t.elements())));
    }
}

BOOST_AUTO_TEST_CASE(ties_round_away_from_zero_and_their_neighbours_do_not) {
  std::vector<float> elements;
  for (int whole = -127; whole < 127; ++whole) {
    const float tie = static_cast<float>(whole) + 0.5F;
    for (const float x :
         {std::nextafter(tie, -200.0F), tie, std::nextafter(tie, 200.0F)}) {
      if (elements.size() % 32 == 0)
        elements.push_back(127.0F); // the block's scale is 1
      elements.push_back(x);
    }
  }
  elements.resize((elements.size() + 31) / 32 * 32);
  auto t = q8_0_tile(tensor_type::f32, elements.size() / 32);
  t.fill(elements);

  t.run(device_under_test());

  BOOST_TEST((t.values == specified(elements)));
}

BOOST_AUTO_TEST_CASE(bytes_equal_ggml) {
  const auto input = golden("input.f32");
  std::vector<float> elements(input.size() / sizeof(float));
  std::memcpy(elements.data(), input.data(), input.size());
  auto t = q8_0_tile(tensor_type::f32, elements.size() / 32);
  t.fill(elements);

  t.run(device_under_test());

  BOOST_TEST((t.values == golden("expected.q8_0")));
}

BOOST_AUTO_TEST_CASE(a_step_beyond_f16_has_an_infinite_error) {
  auto t = q8_0_tile(tensor_type::f32, 3);
  t.set(40, 1e9F);

  const auto outcome = t.run(device_under_test());

  BOOST_TEST(outcome.errors.noise == std::numeric_limits<double>::infinity());
  BOOST_TEST(outcome.errors.sqnr_db()
             == -std::numeric_limits<double>::infinity());
  BOOST_TEST(!std::isnan(outcome.errors.cosine()));
}

BOOST_AUTO_TEST_CASE(sums_are_equal_at_every_level) {
  for (const auto type : source_types) {
    auto ours = q8_0_tile(type, 1009);
    ours.fill(varied_elements(ours.call.view.elements()));
    auto plain = ours;
    require_equal_bits(ours.run(device_under_test()).errors,
                       plain.run(baseline_device()).errors);
  }
}

BOOST_AUTO_TEST_CASE(the_first_non_finite_element_is_named) {
  const auto elements = varied_elements(32 * 40);
  for (const auto type : source_types)
    for (uint64_t at = 0; at < elements.size(); at += 7) {
      auto t = q8_0_tile(type, 40);
      t.fill(elements);
      t.set(at, std::numeric_limits<float>::quiet_NaN());
      t.set(elements.size() - 1, std::numeric_limits<float>::infinity());
      const auto outcome = t.run(device_under_test());
      BOOST_REQUIRE(outcome.non_finite);
      BOOST_REQUIRE_EQUAL(*outcome.non_finite, at);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trivium::accelerators::test

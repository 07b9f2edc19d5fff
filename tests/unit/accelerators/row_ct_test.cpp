#include "accelerators/cpu/arithmetic.hpp"
#include "tests/unit/accelerators/tile_cases.hpp"

#include <boost/test/unit_test.hpp>

#include <bit>
#include <limits>

namespace trivium::accelerators::test {

namespace {

float rounded(float x, tensor_type type) {
  if (type == tensor_type::f16)
    return arithmetic::rounded_to_f16(x);
  return type == tensor_type::bf16 ? arithmetic::rounded_to_bf16(x) : x;
}

int8_t specified(float x, float scale, tensor_type type) {
  return arithmetic::quantized_row_ct(
    x, scale, [type](float y) { return rounded(y, type); });
}

void require_specified(const tile& t, const tile_outcome& outcome) {
  const auto elements = t.elements();
  std::vector<float> approximation(elements.size());
  for (uint64_t i = 0; i < elements.size(); ++i) {
    const float scale = t.scales[i / t.call.view.inner];
    const auto wanted = specified(elements[i], scale, t.call.source_type);
    if (wanted != t.value(i))
      BOOST_FAIL("element " << i << " = " << elements[i] << ", scale " << scale
                            << ": " << int{t.value(i)} << ", not "
                            << int{wanted});
    approximation[i] = static_cast<float>(wanted) * scale;
  }
  require_sums_of(outcome.errors, elements, approximation);
}

tile filled(tensor_type type, channel_view view, uint32_t seed = 1) {
  tile t{scheme::int8_row_ct, tile_step::fuse, type, view};
  t.fill(varied_elements(view.elements(), seed));
  return t;
}

} // namespace

BOOST_AUTO_TEST_SUITE(int8_row_ct, *when_the_level_runs())

BOOST_AUTO_TEST_CASE(a_million_elements_equal_the_specification) {
  for (const auto type : source_types) {
    auto t = filled(type, {1, 257, 4099});
    const auto outcome = t.run(device_under_test());
    require_specified(t, outcome);
  }
}

BOOST_AUTO_TEST_CASE(rows_of_every_length_equal_the_specification) {
  for (const auto type : source_types)
    for (uint64_t length = 1; length <= 260; ++length) {
      auto t = filled(type, {1, 3, length}, static_cast<uint32_t>(length));
      const auto outcome = t.run(device_under_test());
      require_specified(t, outcome);
    }
}

BOOST_AUTO_TEST_CASE(the_most_negative_value_is_used) {
  tile t{scheme::int8_row_ct, tile_step::fuse, tensor_type::f32, {1, 1, 2}};
  t.fill({-255.0F, 255.0F});

  t.run(device_under_test());

  BOOST_TEST(t.scales[0] == 2.0F);
  BOOST_TEST(int{t.value(0)} == -128);
  BOOST_TEST(int{t.value(1)} == 127);
}

BOOST_AUTO_TEST_CASE(a_zero_row_has_the_types_epsilon_as_scale) {
  const std::pair<tensor_type, float> epsilons[] = {
    {tensor_type::f32, 0x1p-23F},
    {tensor_type::f16, 0x1p-10F},
    {tensor_type::bf16, 0x1p-7F}};
  for (const auto& [type, epsilon] : epsilons) {
    tile t{scheme::int8_row_ct, tile_step::fuse, type, {1, 1, 5}};
    t.run(device_under_test());
    BOOST_TEST(t.scales[0] == epsilon);
    BOOST_TEST(int{t.value(0)} == 0);
  }
}

BOOST_AUTO_TEST_CASE(subnormal_rows_equal_the_specification) {
  for (const auto type : source_types) {
    tile t{scheme::int8_row_ct, tile_step::fuse, type, {1, 6, 50}};
    auto elements = varied_elements(300);
    for (uint64_t i = 0; i < 300; ++i)
      elements[i] =
        std::ldexp(elements[i], type == tensor_type::f16 ? -18 : -136)
        / static_cast<float>(1U << i / 50);
    t.fill(elements);

    t.run(device_under_test());

    for (uint64_t i = 0; i < 300; ++i)
      BOOST_REQUIRE_EQUAL(
        int{t.value(i)},
        int{specified(t.elements()[i], t.scales[i / 50], type)});
  }
}

BOOST_AUTO_TEST_CASE(sums_are_equal_at_every_level) {
  for (const auto type : source_types) {
    auto ours = filled(type, {1, 77, 3001});
    auto plain = ours;
    require_equal_bits(ours.run(device_under_test()).errors,
                       plain.run(baseline_device()).errors);
    BOOST_TEST((ours.values == plain.values));
  }
}

BOOST_AUTO_TEST_CASE(the_first_non_finite_element_is_named) {
  for (const auto type : source_types)
    for (uint64_t at = 0; at < 200; ++at) {
      auto t = filled(type, {1, 4, 50});
      t.set(at, -std::numeric_limits<float>::infinity());
      const auto outcome = t.run(device_under_test());
      BOOST_REQUIRE(outcome.non_finite);
      BOOST_REQUIRE_EQUAL(*outcome.non_finite, at);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trivium::accelerators::test

#include "accelerators/cpu/arithmetic.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>

/// The specification itself, against what it is defined by.
namespace trivium::accelerators::arithmetic {

namespace {

/// IEEE 754 binary16 by its definition.
double value_of_f16(uint16_t half) {
  const int exponent = half >> 10U & 31U;
  const double fraction = half & 1023U;
  const double magnitude = exponent == 0
                             ? std::ldexp(fraction, -24)
                             : std::ldexp(1024.0 + fraction, exponent - 25);
  return (half & 0x8000U) != 0 ? -magnitude : magnitude;
}

} // namespace

BOOST_AUTO_TEST_SUITE(arithmetic_of_the_kernels)

BOOST_AUTO_TEST_CASE(every_finite_half_widens_to_its_value) {
  for (uint32_t half = 0; half <= 0xffff; ++half)
    if ((half & 0x7c00U) != 0x7c00U)
      BOOST_REQUIRE_EQUAL(from_f16(static_cast<uint16_t>(half)),
                          value_of_f16(static_cast<uint16_t>(half)));
}

BOOST_AUTO_TEST_CASE(halves_that_are_not_finite_stay_so) {
  for (uint32_t half = 0x7c00; half <= 0x7fff; ++half)
    BOOST_REQUIRE(magnitude_bits(from_f16(static_cast<uint16_t>(half)))
                  >= infinity_bits);
  BOOST_TEST(from_f16(0xfc00) == -HUGE_VALF);
}

BOOST_AUTO_TEST_CASE(every_half_survives_the_way_there_and_back) {
  for (uint32_t half = 0; half <= 0xffff; ++half)
    if ((half & 0x7c00U) != 0x7c00U)
      BOOST_REQUIRE_EQUAL(to_f16(from_f16(static_cast<uint16_t>(half))), half);
}

BOOST_AUTO_TEST_CASE(numbers_between_two_halves_go_to_the_nearer_or_even_one) {
  for (uint32_t half = 0; half < 0x7bff; ++half) {
    const auto low = from_f16(static_cast<uint16_t>(half));
    const auto high = from_f16(static_cast<uint16_t>(half + 1));
    const float middle = (low + high) / 2; // exact
    BOOST_REQUIRE_EQUAL(to_f16(middle), half + (half & 1U));
    BOOST_REQUIRE_EQUAL(to_f16(std::nextafter(middle, 0.0F)), half);
    BOOST_REQUIRE_EQUAL(to_f16(std::nextafter(middle, 1e9F)), half + 1);
  }
}

BOOST_AUTO_TEST_CASE(halves_overflow_from_the_middle_above_the_largest) {
  BOOST_TEST(to_f16(std::nextafter(65520.0F, 0.0F)) == 0x7bff);
  BOOST_TEST(to_f16(65520.0F) == 0x7c00);
  BOOST_TEST(to_f16(-1e30F) == 0xfc00);
  BOOST_TEST((to_f16(std::nanf("")) & 0x7fff) > 0x7c00);
}

BOOST_AUTO_TEST_CASE(bfloats_round_to_nearest_even) {
  BOOST_TEST(to_bf16(1.0F) == 0x3f80);
  BOOST_TEST(to_bf16(0x1.01p0F) == 0x3f80); // a tie, even below
  BOOST_TEST(to_bf16(0x1.03p0F) == 0x3f82); // a tie, even above
  BOOST_TEST(to_bf16(0x1.0101p0F) == 0x3f81);
  BOOST_TEST(to_bf16(-0x1p-149F) == 0x8000);
  BOOST_TEST((to_bf16(float_of(0x7f800001)) & 0x7fff) > 0x7f80);
}

BOOST_AUTO_TEST_CASE(int8_rounds_half_even) {
  BOOST_TEST(int{quantized_int8(0.5F, 1)} == 0);
  BOOST_TEST(int{quantized_int8(1.5F, 1)} == 2);
  BOOST_TEST(int{quantized_int8(-2.5F, 1)} == -2);
  BOOST_TEST(int{quantized_int8(-200.0F, 1)} == -127);
}

BOOST_AUTO_TEST_CASE(q8_0_rounds_half_away) {
  BOOST_TEST(int{quantized_q8_0(0.5F, 1)} == 1);
  BOOST_TEST(int{quantized_q8_0(-2.5F, 1)} == -3);
  BOOST_TEST(int{quantized_q8_0(std::nextafter(0.5F, 0.0F), 1)} == 0);
}

BOOST_AUTO_TEST_CASE(compressed_tensors_quotients_of_bfloats_have_eight_bits) {
  // 100.26 has a grid of 0.5 as bf16: 100.5, which rounds half even to 100;
  // 101.3 becomes 101.5 and then 102.
  BOOST_TEST(int{quantized_row_ct(100.26F, 1, rounded_to_bf16)} == 100);
  BOOST_TEST(int{quantized_row_ct(101.3F, 1, rounded_to_bf16)} == 102);
  BOOST_TEST(int{quantized_row_ct(101.3F, 1, unrounded)} == 101);
  BOOST_TEST(int{quantized_row_ct(-127.5F, 1, unrounded)} == -128);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trivium::accelerators::arithmetic

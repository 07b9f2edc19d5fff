#include "messages/values/error_sums.hpp"

#include <boost/test/unit_test.hpp>

using trivium::error_sums;

namespace {

constexpr auto nan_value = std::numeric_limits<double>::quiet_NaN();
constexpr auto infinity = std::numeric_limits<double>::infinity();

error_sums with_max_error(double max_error) {
  error_sums sums;
  sums.max_error = max_error;
  return sums;
}

} // namespace

BOOST_AUTO_TEST_SUITE(error_figures)

BOOST_AUTO_TEST_CASE(sqnr_is_ten_times_the_logarithm_of_the_ratio) {
  error_sums sums;
  sums.signal = 1000;
  sums.noise = 10;

  BOOST_TEST(sums.sqnr_db() == 20);
}

BOOST_AUTO_TEST_CASE(no_noise_is_infinite_sqnr) {
  BOOST_TEST(error_sums{}.sqnr_db() == infinity);
}

BOOST_AUTO_TEST_CASE(noise_without_signal_is_minus_infinity) {
  error_sums sums;
  sums.noise = 1;

  BOOST_TEST(sums.sqnr_db() == -infinity);
}

BOOST_AUTO_TEST_CASE(cosine_of_zero_vectors_is_defined) {
  error_sums one_is_zero;
  one_is_zero.signal = 1;

  BOOST_TEST(error_sums{}.cosine() == 1);
  BOOST_TEST(one_is_zero.cosine() == 0);
}

BOOST_AUTO_TEST_CASE(opposite_vectors_have_cosine_minus_one) {
  error_sums sums;
  sums.signal = 4;
  sums.approximation = 9;
  sums.product = -6;

  BOOST_TEST(sums.cosine() == -1);
}

BOOST_AUTO_TEST_CASE(a_nan_survives_adding_on_both_sides) {
  auto left = with_max_error(nan_value);
  left += with_max_error(1);
  auto right = with_max_error(1);
  right += with_max_error(nan_value);

  BOOST_TEST(std::isnan(left.max_error));
  BOOST_TEST(std::isnan(right.max_error));
}

BOOST_AUTO_TEST_CASE(the_largest_error_is_kept) {
  auto sums = with_max_error(1);
  sums += with_max_error(3);
  sums += with_max_error(2);

  BOOST_TEST(sums.max_error == 3);
}

BOOST_AUTO_TEST_SUITE_END()

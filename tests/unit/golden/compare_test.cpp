#include "storage/golden/compare.hpp"
#include "tests/support/expected_checks.hpp"
#include "tests/unit/golden/golden_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>

using namespace trivium;
using namespace trivium::storage;
using namespace trivium::storage::test;
using namespace trivium::test;

namespace {

const auto infinity = std::numeric_limits<float>::infinity();
const auto nan_value = std::numeric_limits<float>::quiet_NaN();

/// The comparison of two tensors named "y" of one type.
template <class T>
output_comparison compared(tensor_type type, const std::vector<T>& golden,
                           const std::vector<T>& got,
                           const tolerance& allowed = {}) {
  const auto result =
    compare_outputs({{tensor("y", type, {golden.size()}, golden)}},
                    {{tensor("y", type, {got.size()}, got)}}, allowed);
  BOOST_REQUIRE_MESSAGE(result, text(result));
  return result->at(0);
}

output_comparison floats(const std::vector<float>& golden,
                         const std::vector<float>& got,
                         const tolerance& allowed = {}) {
  return compared(tensor_type::f32, golden, got, allowed);
}

} // namespace

BOOST_AUTO_TEST_SUITE(comparing_floats)

BOOST_AUTO_TEST_CASE(sums_the_errors) {
  const auto y = floats({1, -2, 3}, {1, -2.5F, 3});

  BOOST_TEST(y.sums.count == 3);
  BOOST_TEST(y.sums.signal == 14);
  BOOST_TEST(y.sums.noise == 0.25);
  BOOST_TEST(y.sums.max_error == 0.5);
}

BOOST_AUTO_TEST_CASE(finds_the_largest_error) {
  const auto y = floats({1, 2, 3, 4}, {1.5F, 2, 1, 4});

  BOOST_TEST(y.worst.index == 2);
  BOOST_TEST(y.worst.expected == 3);
  BOOST_TEST(y.worst.got == 1);
}

BOOST_AUTO_TEST_CASE(allows_small_errors_near_zero) {
  const auto y = floats({0, 1e-30F}, {1e-7F, -1e-7F}, {1e-6, 1e-3});

  BOOST_TEST(y.mismatches == 0);
}

BOOST_AUTO_TEST_CASE(allows_errors_in_proportion_to_the_golden_value) {
  const auto y = floats({1000, 1}, {1000.5F, 1.5F}, {0, 1e-3});

  BOOST_TEST(y.mismatches == 1);
}

BOOST_AUTO_TEST_CASE(takes_equal_infinities_and_nans_for_equal) {
  const auto y = floats({infinity, nan_value, 1}, {infinity, nan_value, 1});

  BOOST_TEST(y.mismatches == 0);
  BOOST_TEST(y.sums.noise == 0);
}

BOOST_AUTO_TEST_CASE(lets_no_gate_pass_a_nan_that_was_a_number) {
  const auto y = floats({1, 2, 100}, {1, nan_value, 0});

  BOOST_TEST(y.mismatches == 2);
  BOOST_TEST(y.sums.sqnr_db() == -infinity);
  BOOST_TEST(y.worst.index == 1);
}

BOOST_AUTO_TEST_CASE(lets_no_gate_pass_a_number_that_was_infinite) {
  const auto y = floats({infinity, 1}, {-infinity, 1});

  BOOST_TEST(y.mismatches == 1);
  BOOST_TEST(std::isinf(y.sums.max_error));
}

BOOST_AUTO_TEST_CASE(reads_halves) {
  // 1, 2^-24, −65504, +inf as IEEE 754 binary16.
  const std::vector<uint16_t> halves{0x3c00, 0x0001, 0xfbff, 0x7c00};

  const auto y = compared(tensor_type::f16, halves, halves);

  BOOST_TEST(y.sums.signal == 1 + 0x1p-48 + 65504.0 * 65504.0);
  BOOST_TEST(y.mismatches == 0);
}

BOOST_AUTO_TEST_CASE(reads_bf16) {
  const std::vector<uint16_t> values{0x3f80, 0xc000}; // 1, −2

  BOOST_TEST(compared(tensor_type::bf16, values, values).sums.signal == 5);
}

BOOST_AUTO_TEST_CASE(adds_up_cases_and_keeps_the_worst) {
  auto total = floats({1}, {1.5F});
  total.worst_case = "a";
  auto second = floats({4}, {2});
  second.worst_case = "b";

  total += second;

  BOOST_TEST(total.sums.count == 2);
  BOOST_TEST(total.sums.max_error == 2);
  BOOST_TEST(total.worst.expected == 4);
  BOOST_TEST(total.worst_case == "b");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(comparing_integers)

BOOST_AUTO_TEST_CASE(wants_them_equal_whatever_the_tolerance) {
  const auto y = compared<int32_t>(tensor_type::i32, {1, 2}, {1, 3}, {10, 10});

  BOOST_TEST(y.mismatches == 1);
  BOOST_TEST(y.worst.index == 1);
}

BOOST_AUTO_TEST_CASE(wants_booleans_equal) {
  const auto y = compared<uint8_t>(tensor_type::boolean, {0, 1}, {1, 1});

  BOOST_TEST(y.mismatches == 1);
}

BOOST_AUTO_TEST_CASE(tells_apart_numbers_that_are_one_double) {
  const auto large = int64_t{1} << 62;

  const auto y = compared<int64_t>(tensor_type::i64, {large}, {large + 1});

  BOOST_TEST(y.mismatches == 1);
  BOOST_TEST(y.sums.max_error == 1);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(comparing_lists)

BOOST_AUTO_TEST_CASE(matches_outputs_by_name) {
  const auto a = tensor<float>("a", tensor_type::f32, {1}, {1});
  const auto b = tensor<float>("b", tensor_type::f32, {1}, {2});

  const auto result = compare_outputs({{a, b}}, {{b, a}}, {});

  BOOST_REQUIRE(result);
  BOOST_TEST(result->at(0).mismatches + result->at(1).mismatches == 0);
}

BOOST_AUTO_TEST_CASE(names_a_missing_output) {
  const auto a = tensor<float>("a", tensor_type::f32, {1}, {1});

  const auto result = compare_outputs({{a}}, {}, {});

  BOOST_TEST(seen_error(result)
             == (error{ec::invalid_argument,
                       "output \"a\" of the golden set is missing"}));
}

BOOST_AUTO_TEST_CASE(names_both_shapes_when_they_differ) {
  const auto golden = tensor<float>("a", tensor_type::f32, {2}, {1, 2});
  const auto got = tensor<float>("a", tensor_type::f32, {1, 2}, {1, 2});

  const auto result = compare_outputs({{golden}}, {{got}}, {});

  BOOST_TEST(seen_error(result)
             == (error{ec::invalid_argument,
                       "output \"a\": f32 [1, 2], golden is f32 [2]"}));
}

BOOST_AUTO_TEST_SUITE_END()

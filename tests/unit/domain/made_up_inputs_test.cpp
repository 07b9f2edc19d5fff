#include "actors/domain/made_up_inputs.hpp"
#include "tests/support/expected_checks.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>

using namespace trivium;
using namespace trivium::domain;
using namespace trivium::test;

namespace {

template <class T>
std::vector<T> values_of(const tensor_value& tensor) {
  std::vector<T> values(tensor.bytes.size() / sizeof(T));
  std::memcpy(values.data(), tensor.bytes.data(), tensor.bytes.size());
  return values;
}

std::vector<tensor_value> made(std::vector<tensor_signature> inputs,
                               const input_hints& wishes = {}) {
  return must(made_up_inputs(inputs, wishes));
}

error refused(std::vector<tensor_signature> inputs,
              const input_hints& wishes = {}) {
  return seen_error(made_up_inputs(inputs, wishes));
}

const tensor_signature floats{"x", tensor_type::f32, {100, 100}};
const tensor_signature dynamic{"x", tensor_type::f32, {-1, 3}};
const tensor_signature ids{"ids", tensor_type::i64, {1000}};

} // namespace

BOOST_AUTO_TEST_SUITE(making_up_inputs)

BOOST_AUTO_TEST_CASE(gives_the_same_bytes_everywhere) {
  const auto values = values_of<float>(made({floats}).at(0));

  // Computed apart from this code, by a few lines of Python.
  BOOST_TEST(values.at(0) == -0x1.29c0340000000p+0F);
  BOOST_TEST(values.at(9999) == 0x1.a5eee00000000p-1F);
}

BOOST_AUTO_TEST_CASE(gives_two_inputs_different_values) {
  auto other = floats;
  other.name = "y";

  const auto values = made({floats, other});

  BOOST_TEST((values.at(0).bytes != values.at(1).bytes));
}

BOOST_AUTO_TEST_CASE(gives_floats_close_to_a_normal_distribution) {
  const auto values = values_of<float>(made({floats}).at(0));
  double sum = 0, squares = 0;
  for (const auto value : values) {
    sum += value;
    squares += double{value} * value;
  }

  // Five standard errors of 10 000 draws.
  BOOST_TEST(std::abs(sum / 10000) < 0.05);
  BOOST_TEST(std::abs(squares / 10000 - 1) < 0.08);
}

BOOST_AUTO_TEST_CASE(keeps_floats_in_their_range) {
  const auto values =
    values_of<float>(made({floats}, {{}, {{"x", {-2, 5}}}}).at(0));
  const auto [low, high] = std::minmax_element(values.begin(), values.end());

  BOOST_TEST(*low >= -2);
  BOOST_TEST(*low < -1.9);
  BOOST_TEST(*high <= 5);
  BOOST_TEST(*high > 4.9);
}

BOOST_AUTO_TEST_CASE(takes_both_ends_of_an_integer_range) {
  const auto values =
    values_of<int64_t>(made({ids}, {{}, {{"ids", {-1, 2}}}}).at(0));

  for (int64_t wanted = -1; wanted <= 2; ++wanted)
    BOOST_TEST(std::count(values.begin(), values.end(), wanted) > 0, wanted);
  BOOST_TEST(*std::min_element(values.begin(), values.end()) == -1);
  BOOST_TEST(*std::max_element(values.begin(), values.end()) == 2);
}

BOOST_AUTO_TEST_CASE(makes_halves_from_the_same_numbers) {
  // 1, 1 + 2^-11 (a tie, to even), 65519 (largest that is not infinite),
  // 2^-24 and 2^-14 (subnormal and normal).
  const std::vector<std::pair<double, uint16_t>> known{
    {1, 0x3c00},     {1 + 0x1p-11, 0x3c00},  {65519, 0x7bff},
    {65520, 0x7c00}, {0x1p-24, 0x0001},      {0x1p-14, 0x0400},
    {-2, 0xc000},    {2047.0 / 2048, 0x3bff}};

  for (const auto& [value, bits] : known) {
    const auto tensor =
      made({{"h", tensor_type::f16, {1}}}, {{}, {{"h", {value, value}}}});
    BOOST_TEST(values_of<uint16_t>(tensor.at(0)).at(0) == bits, value);
  }
}

BOOST_AUTO_TEST_CASE(rounds_bf16_to_even) {
  const auto tensor = made({{"b", tensor_type::bf16, {1}}},
                           {{}, {{"b", {1 + 0x1p-8, 1 + 0x1p-8}}}});

  BOOST_TEST(values_of<uint16_t>(tensor.at(0)).at(0) == 0x3f80);
}

BOOST_AUTO_TEST_CASE(fills_dynamic_dimensions_as_told) {
  const auto values = made({dynamic}, {{{"x", {5, 3}}}, {}});

  BOOST_TEST((values.at(0).shape == tensor_shape{5, 3}));
  BOOST_TEST(values.at(0).bytes.size() == 60);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(refusing_to_make_up_inputs)

BOOST_AUTO_TEST_CASE(names_the_option_that_a_dynamic_input_wants) {
  BOOST_TEST(refused({dynamic})
             == (error{ec::invalid_argument,
                       "input \"x\": its shape is [?,3]; say --shape x=… or "
                       "give a golden set"}));
}

BOOST_AUTO_TEST_CASE(names_the_option_that_an_integer_input_wants) {
  BOOST_TEST(refused({ids})
             == (error{ec::invalid_argument,
                       "input \"ids\": holds i64; say --input-range ids=a:b or "
                       "give a golden set"}));
}

BOOST_AUTO_TEST_CASE(wants_a_range_for_booleans) {
  BOOST_TEST(refused({{"mask", tensor_type::boolean, {4}}}).code
             == ec::invalid_argument);
}

BOOST_AUTO_TEST_CASE(refuses_a_shape_of_another_rank) {
  BOOST_TEST(refused({dynamic}, {{{"x", {5}}}, {}}).code
             == ec::invalid_argument);
}

BOOST_AUTO_TEST_CASE(refuses_a_shape_that_contradicts_the_graph) {
  BOOST_TEST(refused({dynamic}, {{{"x", {5, 4}}}, {}}).code
             == ec::invalid_argument);
}

BOOST_AUTO_TEST_CASE(refuses_a_range_that_is_upside_down) {
  BOOST_TEST(refused({ids}, {{}, {{"ids", {2, 1}}}}).code
             == ec::invalid_argument);
}

BOOST_AUTO_TEST_CASE(refuses_a_range_that_the_type_does_not_hold) {
  BOOST_TEST(
    refused({{"u", tensor_type::u8, {1}}}, {{}, {{"u", {0, 256}}}}).code
    == ec::invalid_argument);
}

BOOST_AUTO_TEST_CASE(refuses_a_range_without_a_whole_number) {
  BOOST_TEST(refused({ids}, {{}, {{"ids", {0.2, 0.8}}}}).code
             == ec::invalid_argument);
}

BOOST_AUTO_TEST_CASE(suggests_the_input_that_was_meant) {
  BOOST_TEST(refused({ids}, {{}, {{"isd", {0, 1}}}})
             == (error{ec::invalid_argument,
                       "--input-range: the graph has no input \"isd\"; did you "
                       "mean \"ids\"?"}));
}

BOOST_AUTO_TEST_CASE(refuses_more_than_a_gibibyte) {
  BOOST_TEST(refused({dynamic}, {{{"x", {uint64_t{1} << 27, 3}}}, {}}).code
             == ec::resource_exhausted);
}

BOOST_AUTO_TEST_CASE(refuses_a_shape_whose_product_wraps) {
  BOOST_TEST(refused({dynamic}, {{{"x", {uint64_t{1} << 62, 3}}}, {}}).code
             == ec::invalid_argument);
}

BOOST_AUTO_TEST_CASE(cannot_make_up_opaque_values) {
  BOOST_TEST(refused({{"s", tensor_type::opaque, {1}}}).code
             == ec::unsupported);
}

BOOST_AUTO_TEST_SUITE_END()

#include "actors/domain/gate.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>

using namespace trivium;
using namespace trivium::domain;

namespace {

constexpr auto nan_value = std::numeric_limits<double>::quiet_NaN();

/// Sums whose SQNR is `decibels` and whose cosine is 1.
named_sums with_sqnr(std::string name, double decibels) {
  error_sums sums;
  sums.signal = 1;
  sums.noise = std::pow(10, -decibels / 10);
  sums.approximation = 1;
  sums.product = 1;
  sums.max_error = 0.5;
  sums.count = 100;
  return {std::move(name), sums};
}

recipe_gate outputs_at_20_db() {
  recipe_gate gate;
  gate.min_output_sqnr_db = 20;
  return gate;
}

recipe_gate layers_at_30_db() {
  recipe_gate gate;
  gate.min_layer_sqnr_db = 30;
  return gate;
}

gate_figures outputs(input_origin inputs, std::vector<named_sums> sums) {
  gate_figures figures;
  figures.inputs = inputs;
  figures.outputs = std::move(sums);
  return figures;
}

gate_figures layers(std::vector<named_sums> sums) {
  gate_figures figures;
  figures.layers = std::move(sums);
  return figures;
}

} // namespace

BOOST_AUTO_TEST_SUITE(judging)

BOOST_AUTO_TEST_CASE(a_golden_run_that_meets_the_gate_is_verified) {
  const auto result = judge(
    outputs_at_20_db(), outputs(input_origin::golden, {with_sqnr("y", 44)}));

  BOOST_TEST((result.given == verdict::verified));
  BOOST_TEST(result.is_met);
  BOOST_TEST(result.reasons.empty());
}

BOOST_AUTO_TEST_CASE(a_missed_threshold_says_what_was_seen_and_wanted) {
  const auto result = judge(
    outputs_at_20_db(), outputs(input_origin::golden, {with_sqnr("y", 18.21)}));

  BOOST_TEST(!result.is_met);
  BOOST_TEST((result.given == verdict::unverified));
  BOOST_REQUIRE(result.reasons.size() == 1u);
  BOOST_TEST(result.reasons[0]
             == "output \"y\": SQNR 18.2 dB, at least 20 wanted");
}

BOOST_AUTO_TEST_CASE(a_near_miss_is_not_shown_as_met) {
  const auto result = judge(
    outputs_at_20_db(), outputs(input_origin::golden, {with_sqnr("y", 19.99)}));

  BOOST_REQUIRE(result.reasons.size() == 1u);
  BOOST_TEST(result.reasons[0]
             == "output \"y\": SQNR 19.9 dB, at least 20 wanted");
}

BOOST_AUTO_TEST_CASE(every_output_must_meet_the_gate) {
  const auto result = judge(
    outputs_at_20_db(), outputs(input_origin::golden,
                                {with_sqnr("good", 60), with_sqnr("bad", 3)}));

  BOOST_TEST(!result.is_met);
}

BOOST_AUTO_TEST_CASE(cosine_and_largest_error_are_judged) {
  recipe_gate gate;
  gate.min_output_cosine = 0.99;
  gate.max_output_error = 0.25;
  auto y = with_sqnr("y", 40);
  y.sums.product = 0.98999;

  const auto result = judge(gate, outputs(input_origin::golden, {y}));

  BOOST_REQUIRE(result.reasons.size() == 2u);
  BOOST_TEST(result.reasons[0]
             == "output \"y\": cosine 0.9899, at least 0.99 wanted");
  BOOST_TEST(result.reasons[1]
             == "output \"y\": largest error 0.5, at most 0.25 wanted");
}

BOOST_AUTO_TEST_CASE(an_exact_output_meets_any_threshold) {
  auto y = with_sqnr("y", 0);
  y.sums.noise = 0;

  BOOST_TEST(
    judge(outputs_at_20_db(), outputs(input_origin::golden, {y})).is_met);
}

BOOST_AUTO_TEST_CASE(figures_that_are_not_finite_meet_no_gate) {
  recipe_gate only_error;
  only_error.max_output_error = 1;
  for (const auto bad : {nan_value, std::numeric_limits<double>::infinity()}) {
    auto y = with_sqnr("y", 44);
    y.sums.noise = bad;

    BOOST_TEST(
      !judge(outputs_at_20_db(), outputs(input_origin::golden, {y})).is_met);
    BOOST_TEST(!judge(only_error, outputs(input_origin::golden, {y})).is_met);
  }
}

BOOST_AUTO_TEST_CASE(a_nan_threshold_is_met_by_nothing) {
  recipe_gate gate;
  gate.min_output_sqnr_db = nan_value;

  BOOST_TEST(
    !judge(gate, outputs(input_origin::golden, {with_sqnr("y", 99)})).is_met);
}

BOOST_AUTO_TEST_CASE(outputs_without_values_verify_nothing) {
  const named_sums empty{"boxes", error_sums{}};
  const auto alone =
    judge(outputs_at_20_db(), outputs(input_origin::golden, {empty}));
  const auto beside =
    judge(outputs_at_20_db(),
          outputs(input_origin::golden, {empty, with_sqnr("y", 44)}));
  const auto made_up =
    judge(outputs_at_20_db(), outputs(input_origin::made_up, {empty}));

  BOOST_TEST((alone.given == verdict::smoke));
  BOOST_TEST(alone.is_met);
  BOOST_TEST((beside.given == verdict::verified));
  BOOST_TEST((made_up.given == verdict::unverified));
}

BOOST_AUTO_TEST_CASE(a_golden_run_of_zeros_alone_is_only_smoke) {
  error_sums zeros;
  zeros.count = 100;
  const auto alone =
    judge(outputs_at_20_db(), outputs(input_origin::golden, {{"y", zeros}}));
  const auto beside =
    judge(outputs_at_20_db(),
          outputs(input_origin::golden, {{"y", zeros}, with_sqnr("z", 44)}));

  BOOST_TEST(alone.is_met);
  BOOST_TEST((alone.given == verdict::smoke));
  BOOST_TEST((beside.given == verdict::verified));
}

BOOST_AUTO_TEST_CASE(a_golden_run_under_an_empty_gate_is_only_smoke) {
  const auto result =
    judge({}, outputs(input_origin::golden, {with_sqnr("y", 44)}));

  BOOST_TEST((result.given == verdict::smoke));
  BOOST_TEST(result.is_met);
  BOOST_TEST(result.reasons.size() == 1u);
}

BOOST_AUTO_TEST_CASE(made_up_inputs_give_smoke_at_most) {
  const auto result = judge(
    outputs_at_20_db(), outputs(input_origin::made_up, {with_sqnr("y", 99)}));

  BOOST_TEST((result.given == verdict::smoke));
  BOOST_TEST(result.is_met);
}

BOOST_AUTO_TEST_CASE(made_up_inputs_that_miss_fail_and_say_so) {
  const auto result = judge(
    outputs_at_20_db(), outputs(input_origin::made_up, {with_sqnr("y", 9)}));

  BOOST_TEST(!result.is_met);
  BOOST_TEST(result.reasons.back().starts_with("the inputs were made up"));
}

BOOST_AUTO_TEST_CASE(layers_that_meet_the_gate_are_layer_verified) {
  const auto result = judge(layers_at_30_db(), layers({with_sqnr("fc1", 44)}));

  BOOST_TEST((result.given == verdict::layer_verified));
  BOOST_TEST(result.is_met);
}

BOOST_AUTO_TEST_CASE(synthetic_layer_inputs_are_said) {
  auto figures = layers({with_sqnr("fc1", 44)});
  figures.layer_inputs_are_synthetic = true;

  const auto result = judge(layers_at_30_db(), figures);

  BOOST_REQUIRE(result.reasons.size() == 1u);
  BOOST_TEST(result.reasons[0]
             == "layer outputs were compared on synthetic inputs");
}

BOOST_AUTO_TEST_CASE(the_worst_layer_decides) {
  const auto result = judge(
    layers_at_30_db(), layers({with_sqnr("fc1", 44), with_sqnr("fc2", 28)}));

  BOOST_TEST(!result.is_met);
  BOOST_REQUIRE(result.reasons.size() == 1u);
  BOOST_TEST(result.reasons[0].starts_with("layer \"fc2\": SQNR 2"));
}

BOOST_AUTO_TEST_CASE(layers_without_a_threshold_verify_nothing) {
  const auto result = judge({}, layers({with_sqnr("fc1", 44)}));

  BOOST_TEST((result.given == verdict::unverified));
  BOOST_TEST(result.is_met);
  BOOST_TEST(result.reasons.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_golden_run_decides_over_layers) {
  recipe_gate gate = outputs_at_20_db();
  gate.min_layer_sqnr_db = 30;
  auto figures = outputs(input_origin::golden, {with_sqnr("y", 44)});
  figures.layers = {with_sqnr("fc1", 12)};

  BOOST_TEST((judge(gate, figures).given == verdict::verified));
}

BOOST_AUTO_TEST_CASE(layers_decide_over_made_up_inputs) {
  recipe_gate gate = outputs_at_20_db();
  gate.min_layer_sqnr_db = 30;
  auto figures = outputs(input_origin::made_up, {with_sqnr("y", 44)});
  figures.layers = {with_sqnr("fc1", 44)};

  BOOST_TEST((judge(gate, figures).given == verdict::layer_verified));
}

BOOST_AUTO_TEST_CASE(a_golden_run_without_outputs_is_not_verified) {
  const auto result =
    judge(outputs_at_20_db(), outputs(input_origin::golden, {}));

  BOOST_TEST((result.given == verdict::unverified));
  BOOST_TEST(!result.reasons.empty());
}

BOOST_AUTO_TEST_CASE(nothing_is_unverified_with_the_reason) {
  gate_figures figures;
  figures.absence = "no graph runtime was found";

  const auto result = judge(outputs_at_20_db(), figures);

  BOOST_TEST((result.given == verdict::unverified));
  BOOST_TEST(result.is_met);
  BOOST_REQUIRE(result.reasons.size() == 1u);
  BOOST_TEST(result.reasons[0] == "no graph runtime was found");
}

BOOST_AUTO_TEST_CASE(many_misses_make_a_short_list_of_printable_lines) {
  std::vector<named_sums> many(100, with_sqnr("bad\x1b[2J", 1));

  const auto result = judge(layers_at_30_db(), layers(std::move(many)));

  BOOST_TEST(result.reasons.size() == 9u);
  BOOST_TEST(result.reasons.back() == "and 92 more of these");
  BOOST_TEST(result.reasons[0].find('\x1b') == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(promoting)

BOOST_AUTO_TEST_CASE(layer_verified_and_better_are_promoted) {
  BOOST_TEST(may_promote(verdict::verified, false));
  BOOST_TEST(may_promote(verdict::layer_verified, false));
}

BOOST_AUTO_TEST_CASE(less_needs_permission) {
  for (const auto weak : {verdict::smoke, verdict::unverified}) {
    BOOST_TEST(!may_promote(weak, false));
    BOOST_TEST(may_promote(weak, true));
  }
}

BOOST_AUTO_TEST_SUITE_END()

#include "tests/support/expected_checks.hpp"
#include "tests/unit/executor/small_graphs.hpp"
#include "tests/unit/executor/workbench.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>

#ifndef OPENVINO_RUNTIME
#define OPENVINO_RUNTIME ""
#endif

using namespace trivium;
using namespace trivium::accelerators;
using namespace trivium::accelerators::test;
using namespace trivium::test;

namespace {

/// Between a graph with DequantizeLinear and its dequantized twin, both in
/// exact mode: float rounding only, relative to the largest output.
constexpr double exact_tolerance = 1e-5;

struct bench : workbench {
  bench() : workbench(OPENVINO_RUNTIME) {}
};

/// Says why the tests below did not run: a skip is never silent.
auto with_openvino(boost::unit_test::test_unit_id) {
  boost::test_tools::assertion_result is_built{*OPENVINO_RUNTIME != '\0'};
  if (!is_built) {
    is_built.message() << "the OpenVINO plugin is not built";
  }
  return is_built;
}

auto with_openvino_and_a_memory_limit(boost::unit_test::test_unit_id id) {
#if defined(__SANITIZE_ADDRESS__)
  (void)id;
  boost::test_tools::assertion_result can{false};
  can.message() << "a sanitized child has no memory limit";
  return can;
#else
  return with_openvino(id);
#endif
}

tensor_value waves(const std::string& name, const tensor_shape& shape) {
  std::vector<float> values(*element_count(shape));
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = std::sin(0.37F * static_cast<float>(i));
  return tensor(name, tensor_type::f32, shape, values);
}

/// max |a − b| / max |b|
double relative_error(const tensor_value& a, const tensor_value& b) {
  const auto x = values_of<float>(a);
  const auto y = values_of<float>(b);
  double difference = 0, largest = 0;
  for (size_t i = 0; i < y.size(); ++i) {
    difference = std::max(difference, std::abs(double{x.at(i)} - y[i]));
    largest = std::max(largest, std::abs(double{y[i]}));
  }
  return difference / largest;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(running_on_openvino, bench,
                         *boost::unit_test::precondition(with_openvino))

BOOST_AUTO_TEST_CASE(names_itself) {
  const auto info = under_test().info();

  BOOST_TEST(info.absence == "");
  BOOST_TEST(info.name.starts_with("OpenVINO 20"), info.name);
  BOOST_TEST(info.exact_precision == "f32");
  BOOST_TEST(info.deployed_precision != "");
}

BOOST_AUTO_TEST_CASE(computes_a_quantized_matmul_exactly) {
  const graph_case feeds{waves("x", {5, 384})};

  const auto quantized =
    run(file("q.onnx", linear_graph(384, 128, false)), feeds);
  const auto reference =
    run(file("f.onnx", linear_graph(384, 128, true)), feeds);

  BOOST_REQUIRE_MESSAGE(quantized, text(quantized));
  BOOST_REQUIRE_MESSAGE(reference, text(reference));
  BOOST_TEST(
    relative_error(quantized->outputs[0].at(0), reference->outputs[0].at(0))
    <= exact_tolerance);
}

BOOST_AUTO_TEST_CASE(computes_a_quantized_convolution_exactly) {
  const graph_case feeds{waves("x", {1, 8, 16, 16})};

  const auto quantized = run(file("q.onnx", convolution_graph(false)), feeds);
  const auto reference = run(file("f.onnx", convolution_graph(true)), feeds);

  BOOST_REQUIRE_MESSAGE(quantized, text(quantized));
  BOOST_REQUIRE_MESSAGE(reference, text(reference));
  BOOST_TEST(
    relative_error(quantized->outputs[0].at(0), reference->outputs[0].at(0))
    <= exact_tolerance);
}

BOOST_AUTO_TEST_CASE(runs_in_deployed_mode_and_says_the_precision) {
  const auto outcome = run(file("q.onnx", linear_graph(384, 128, false)),
                           {waves("x", {5, 384})}, execution_mode::deployed);

  BOOST_REQUIRE_MESSAGE(outcome, text(outcome));
  BOOST_TEST(outcome->precision != "");
}

BOOST_AUTO_TEST_CASE(gives_outputs_the_graphs_own_names_and_shapes) {
  const auto outcome =
    run(file("f.onnx", linear_graph(8, 4, true)), {waves("x", {3, 8})});

  BOOST_REQUIRE_MESSAGE(outcome, text(outcome));
  BOOST_TEST(outcome->outputs[0].at(0).name == "y");
  BOOST_TEST((outcome->outputs[0].at(0).shape == tensor_shape{3, 4}));
}

BOOST_AUTO_TEST_CASE(takes_another_batch_size_in_each_case) {
  request.model = file("f.onnx", linear_graph(8, 4, true));
  request.cases = {{waves("x", {1, 8})}, {waves("x", {7, 8})}};

  const auto outcome = under_test().run(request, cancel);

  BOOST_REQUIRE_MESSAGE(outcome, text(outcome));
  BOOST_TEST((outcome->outputs.at(0).at(0).shape == tensor_shape{1, 4}));
  BOOST_TEST((outcome->outputs.at(1).at(0).shape == tensor_shape{7, 4}));
}

BOOST_AUTO_TEST_CASE(knows_integers_and_booleans) {
  const auto outcome =
    run(file("c.onnx", comparison_graph()),
        {tensor<int64_t>("a", tensor_type::i64, {3}, {1, 3, -5})});

  BOOST_REQUIRE_MESSAGE(outcome, text(outcome));
  const auto& output = outcome->outputs[0].at(0);
  BOOST_TEST((output.type == tensor_type::boolean));
  BOOST_TEST(values_of<uint8_t>(output) == (std::vector<uint8_t>{0, 1, 0}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(measures_latency_when_asked) {
  request.latency_runs = 3;

  const auto outcome =
    run(file("f.onnx", linear_graph(8, 4, true)), {waves("x", {1, 8})});

  BOOST_REQUIRE_MESSAGE(outcome, text(outcome));
  BOOST_TEST(outcome->latency_ms > 0);
}

BOOST_AUTO_TEST_CASE(hands_on_non_finite_outputs_as_data) {
  const auto nan = std::nanf("");

  const auto outcome =
    run(file("f.onnx", linear_graph(2, 2, true)),
        {tensor<float>("x", tensor_type::f32, {1, 2}, {nan, 1})});

  BOOST_REQUIRE_MESSAGE(outcome, text(outcome));
  BOOST_TEST(std::isnan(values_of<float>(outcome->outputs[0].at(0)).at(0)));
}

BOOST_AUTO_TEST_CASE(reads_onnx_under_any_file_name) {
  const auto outcome =
    run(file("3f786850e387", linear_graph(8, 4, true)), {waves("x", {1, 8})});

  BOOST_TEST(outcome.has_value());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(refusing_on_openvino, bench,
                         *boost::unit_test::precondition(with_openvino))

BOOST_AUTO_TEST_CASE(names_an_input_that_is_not_fed) {
  const auto outcome = run(file("f.onnx", linear_graph(8, 4, true)), {});

  BOOST_TEST(
    seen_error(outcome)
    == (error{ec::invalid_argument, "input \"x\" of the graph is not fed"}));
}

BOOST_AUTO_TEST_CASE(names_a_feed_that_the_graph_does_not_have) {
  const auto outcome = run(file("f.onnx", linear_graph(8, 4, true)),
                           {waves("x", {1, 8}), waves("z", {1})});

  BOOST_TEST(seen_error(outcome)
             == (error{ec::invalid_argument,
                       "input \"z\": the graph has none of that name"}));
}

BOOST_AUTO_TEST_CASE(names_both_types_of_a_wrong_feed) {
  const auto outcome =
    run(file("f.onnx", linear_graph(2, 4, true)),
        {tensor<int64_t>("x", tensor_type::i64, {1, 2}, {1, 2})});

  BOOST_TEST(seen_error(outcome)
             == (error{ec::invalid_argument,
                       "input \"x\": fed i64, the graph wants f32"}));
}

BOOST_AUTO_TEST_CASE(names_both_shapes_of_a_wrong_feed) {
  const auto outcome =
    run(file("f.onnx", linear_graph(8, 4, true)), {waves("x", {1, 9})});

  BOOST_TEST(seen_error(outcome)
             == (error{ec::invalid_argument,
                       "input \"x\": fed [1, 9], the graph wants [?,8]"}));
}

BOOST_AUTO_TEST_CASE(repeats_openvinos_words_about_an_unknown_operator) {
  const auto outcome =
    run(file("u.onnx", unknown_operator_graph()), {waves("x", {1})});

  BOOST_TEST(code(outcome) == ec::invalid_argument);
  BOOST_TEST(text(outcome).find("Frobnicate") != std::string::npos,
             text(outcome));
}

BOOST_AUTO_TEST_CASE(refuses_a_file_that_is_no_graph) {
  const auto outcome = run(file("n.onnx", "not a protobuf at all"), {});

  BOOST_TEST(code(outcome) == ec::invalid_argument, text(outcome));
}

BOOST_AUTO_TEST_CASE(refuses_a_graph_that_is_cut_off) {
  auto bytes = linear_graph(64, 64, true);
  bytes.resize(bytes.size() / 2);

  const auto outcome = run(file("t.onnx", bytes), {waves("x", {1, 64})});

  BOOST_TEST(code(outcome) == ec::invalid_argument, text(outcome));
}

BOOST_AUTO_TEST_CASE(refuses_a_file_that_is_missing) {
  const auto outcome = run(folder() / "missing.onnx", {});

  BOOST_TEST(code(outcome) == ec::invalid_argument, text(outcome));
}

BOOST_AUTO_TEST_CASE(ends_an_endless_loop_at_the_deadline) {
  request.time_limit = std::chrono::seconds{2};

  const auto outcome = run(file("e.onnx", endless_graph()), {waves("x", {1})});

  BOOST_TEST(code(outcome) == ec::deadline_exceeded, text(outcome));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(
  limiting_openvino, bench,
  *boost::unit_test::precondition(with_openvino_and_a_memory_limit))

BOOST_AUTO_TEST_CASE(says_that_a_huge_graph_needs_too_much_memory) {
  request.memory_limit_bytes = uint64_t{1} << 30;

  const auto outcome =
    run(file("h.onnx", expanding_graph()),
        {tensor<int64_t>("shape", tensor_type::i64, {1}, {int64_t{1} << 30})});

  BOOST_TEST(code(outcome) == ec::resource_exhausted, text(outcome));
}

BOOST_AUTO_TEST_SUITE_END()

#include "actors/domain/planner.hpp"

#include <boost/test/unit_test.hpp>

using namespace trivium;
using namespace trivium::domain;

namespace {

plan_subject weight(std::string name, tensor_shape shape,
                    std::string op = "MatMul") {
  plan_subject s;
  s.name = std::move(name);
  s.type = tensor_type::f32;
  s.bytes_before = 4 * element_count(shape).value();
  s.shape = std::move(shape);
  s.operators = {std::move(op)};
  s.has_channel_axis = true;
  return s;
}

recipe_target target_with(std::vector<recipe_rule> rules) {
  recipe_target target;
  target.format = model_format::onnx;
  target.rules = std::move(rules);
  return target;
}

recipe_target int8_for_matmul() {
  return target_with({{"*", {"MatMul"}, 0, scheme::int8_channel}});
}

/// One byte a value and one f32 scale for each column.
bytes_under int8_size(const std::vector<plan_subject>& subjects) {
  return [&subjects](size_t i, scheme) -> expected<uint64_t> {
    const auto& shape = subjects[i].shape;
    return element_count(shape).value() + 4 * shape.back();
  };
}

expected<quantization_plan> plan_of(const std::vector<plan_subject>& subjects,
                                    const recipe_target& target) {
  return make_plan(model_format::onnx, subjects, target, int8_size(subjects));
}

} // namespace

BOOST_AUTO_TEST_SUITE(planning)

BOOST_AUTO_TEST_CASE(a_matching_tensor_is_quantized_and_names_its_rule) {
  const std::vector subjects{weight("w", {64, 32})};

  const auto plan = plan_of(subjects, int8_for_matmul()).value();

  BOOST_REQUIRE(plan.decisions.size() == 1u);
  BOOST_TEST((plan.decisions[0].action == scheme::int8_channel));
  BOOST_TEST(plan.decisions[0].reason == "rule 1 (* for MatMul)");
  BOOST_TEST(plan.decisions[0].bytes_before == 8192u);
  BOOST_TEST(plan.decisions[0].bytes_after == 2048u + 128u);
}

BOOST_AUTO_TEST_CASE(there_is_a_decision_for_each_tensor_in_order) {
  const std::vector subjects{weight("bias", {8}, "Add"), weight("w", {64, 32})};

  const auto plan = plan_of(subjects, int8_for_matmul()).value();

  BOOST_REQUIRE(plan.decisions.size() == 2u);
  BOOST_TEST(plan.decisions[0].tensor == 0u);
  BOOST_TEST(plan.decisions[0].reason == "no rule matches");
  BOOST_TEST(plan.decisions[0].bytes_after == 32u);
  BOOST_TEST(plan.decisions[1].tensor == 1u);
}

BOOST_AUTO_TEST_CASE(a_keeping_rule_before_wins) {
  const std::vector subjects{weight("head.w", {64, 32}), weight("w", {64, 32})};
  auto target = int8_for_matmul();
  target.rules.insert(target.rules.begin(), {"head*", {}, 0, scheme::keep});

  const auto plan = plan_of(subjects, target).value();

  BOOST_TEST((plan.decisions[0].action == scheme::keep));
  BOOST_TEST(plan.decisions[0].reason == "rule 1 (head*) keeps it");
}

BOOST_AUTO_TEST_CASE(what_the_format_cannot_quantize_is_kept_in_its_words) {
  std::vector subjects{weight("shared", {64, 32}), weight("w", {64, 32})};
  subjects[0].has_channel_axis = false;
  subjects[0].keep_reason = "read by MatMul and Add";

  const auto plan = plan_of(subjects, int8_for_matmul()).value();

  BOOST_TEST(plan.decisions[0].reason == "read by MatMul and Add");
}

BOOST_AUTO_TEST_CASE(a_type_that_kernels_cannot_read_is_kept) {
  std::vector subjects{weight("ids", {64, 32}), weight("w", {64, 32})};
  subjects[0].type = tensor_type::i64;

  const auto plan = plan_of(subjects, int8_for_matmul()).value();

  BOOST_TEST(plan.decisions[0].reason == "type i64");
}

BOOST_AUTO_TEST_CASE(a_tensor_that_would_not_shrink_is_kept) {
  const std::vector subjects{weight("row", {1, 10}), weight("w", {64, 32})};

  const auto plan = plan_of(subjects, int8_for_matmul()).value();

  BOOST_TEST((plan.decisions[0].action == scheme::keep));
  BOOST_TEST(plan.decisions[0].reason == "not smaller: 40 → 50 bytes");
}

BOOST_AUTO_TEST_CASE(the_same_size_is_not_smaller) {
  const std::vector subjects{weight("w", {64, 32}), weight("v", {64, 32})};
  const auto same = [](size_t i, scheme) -> expected<uint64_t> {
    return i == 0 ? 8192u : 8191u;
  };

  const auto plan =
    make_plan(model_format::onnx, subjects, int8_for_matmul(), same).value();

  BOOST_TEST((plan.decisions[0].action == scheme::keep));
  BOOST_TEST((plan.decisions[1].action == scheme::int8_channel));
}

BOOST_AUTO_TEST_CASE(an_unsupported_scheme_keeps_one_tensor_only) {
  const std::vector subjects{weight("odd", {64, 33}), weight("w", {64, 32})};
  const auto size_of = [](size_t i, scheme) -> expected<uint64_t> {
    if (i == 0)
      return fail(ec::unsupported, "rows of 33 are no whole blocks");
    return 2176;
  };

  const auto plan =
    make_plan(model_format::onnx, subjects, int8_for_matmul(), size_of).value();

  BOOST_TEST(plan.decisions[0].reason == "rows of 33 are no whole blocks");
  BOOST_TEST((plan.decisions[1].action == scheme::int8_channel));
}

BOOST_AUTO_TEST_CASE(any_other_error_of_the_format_ends_planning) {
  const std::vector subjects{weight("w", {64, 32})};
  const auto broken = [](size_t, scheme) -> expected<uint64_t> {
    return fail(ec::data_loss, "file became shorter");
  };

  const auto plan =
    make_plan(model_format::onnx, subjects, int8_for_matmul(), broken);

  BOOST_REQUIRE(!plan);
  BOOST_TEST((plan.error().code == ec::data_loss));
}

BOOST_AUTO_TEST_CASE(nothing_left_is_refused_with_the_reasons_counted) {
  std::vector subjects{weight("a", {1, 10}), weight("b", {1, 12}),
                       weight("c", {8}, "Add")};

  const auto plan = plan_of(subjects, int8_for_matmul());

  BOOST_REQUIRE(!plan);
  BOOST_TEST((plan.error().code == ec::failed_precondition));
  BOOST_TEST(plan.error().text
             == "nothing to quantize: 3 tensors kept: 2 × not smaller, "
                "1 × no rule matches");
}

BOOST_AUTO_TEST_CASE(a_model_without_tensors_has_nothing_to_quantize) {
  const auto plan = plan_of({}, int8_for_matmul());

  BOOST_REQUIRE(!plan);
  BOOST_TEST(plan.error().text
             == "nothing to quantize: the model has no tensors");
}

BOOST_AUTO_TEST_CASE(many_different_reasons_make_one_short_line) {
  std::vector<plan_subject> subjects;
  for (int i = 0; i < 1000; ++i) {
    subjects.push_back(weight("w" + std::to_string(i), {64, 32}));
    subjects.back().has_channel_axis = false;
    subjects.back().keep_reason = "reason\n" + std::to_string(i);
  }

  const auto plan = plan_of(subjects, int8_for_matmul());

  BOOST_REQUIRE(!plan);
  BOOST_TEST(plan.error().text.size() < 200u);
  BOOST_TEST(plan.error().text.find('\n') == std::string::npos);
  BOOST_TEST(plan.error().text.ends_with(", 996 other reasons"));
}

BOOST_AUTO_TEST_CASE(a_target_of_another_format_is_refused) {
  const std::vector subjects{weight("w", {64, 32})};

  const auto plan = make_plan(model_format::gguf, subjects, int8_for_matmul(),
                              int8_size(subjects));

  BOOST_REQUIRE(!plan);
  BOOST_TEST((plan.error().code == ec::invalid_argument));
}

BOOST_AUTO_TEST_CASE(a_scheme_that_the_format_cannot_hold_is_refused) {
  const std::vector subjects{weight("w", {64, 32})};

  const auto plan =
    plan_of(subjects, target_with({{"*", {}, 0, scheme::q8_0}}));

  BOOST_REQUIRE(!plan);
  BOOST_TEST(plan.error().text == "onnx cannot hold tensors as q8_0");
}

BOOST_AUTO_TEST_CASE(a_shape_that_overflows_is_refused) {
  std::vector subjects{weight("w", {64, 32})};
  subjects[0].shape = {uint64_t{1} << 40, uint64_t{1} << 40};

  BOOST_TEST(!plan_of(subjects, int8_for_matmul()));
}

BOOST_AUTO_TEST_CASE(an_empty_tensor_is_kept) {
  std::vector subjects{weight("none", {0, 32}), weight("w", {64, 32})};

  const auto plan = plan_of(subjects, int8_for_matmul()).value();

  BOOST_TEST((plan.decisions[0].action == scheme::keep));
}

BOOST_AUTO_TEST_CASE(totals_tell_bits_per_weight_with_scales) {
  const std::vector subjects{weight("bias", {32}, "Add"),
                             weight("w", {64, 32})};
  const auto plan = plan_of(subjects, int8_for_matmul()).value();

  const auto totals = totals_of(plan, subjects);

  BOOST_TEST(totals.tensors == 2u);
  BOOST_TEST(totals.quantized == 1u);
  BOOST_TEST(totals.bytes_before == 8192u + 128u);
  BOOST_TEST(totals.bytes_after == 2176u + 128u);
  BOOST_TEST(totals.quantized_bytes_before == 8192u);
  BOOST_TEST(totals.bits_per_quantized_weight() == 8.5);
  BOOST_TEST(totals.bits_per_weight() == 8.0 * 2304 / 2080);
}

BOOST_AUTO_TEST_CASE(no_tensors_make_no_bits) {
  BOOST_TEST(plan_totals{}.bits_per_weight() == 0);
}

BOOST_AUTO_TEST_SUITE_END()

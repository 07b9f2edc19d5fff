#include "actors/domain/rule_match.hpp"

#include <boost/test/unit_test.hpp>

using namespace trivium;
using namespace trivium::domain;

namespace {

plan_subject subject(std::string name, std::vector<std::string> operators) {
  plan_subject s;
  s.name = std::move(name);
  s.operators = std::move(operators);
  return s;
}

recipe_rule rule(std::string name, std::vector<std::string> operators,
                 uint64_t min_elements = 0) {
  return {std::move(name), std::move(operators), min_elements,
          scheme::int8_channel};
}

} // namespace

BOOST_AUTO_TEST_SUITE(rule_matching)

BOOST_AUTO_TEST_CASE(a_rule_without_operators_takes_every_use) {
  BOOST_TEST(rule_matches(rule("*", {}), subject("w", {"Softmax"}), 1));
  BOOST_TEST(rule_matches(rule("*", {}), subject("w", {}), 1));
}

BOOST_AUTO_TEST_CASE(one_shared_operator_is_enough) {
  const auto wanted = rule("*", {"Gemm", "MatMul"});

  BOOST_TEST(rule_matches(wanted, subject("w", {"Add", "MatMul"}), 1));
}

BOOST_AUTO_TEST_CASE(a_tensor_that_no_named_operator_reads_is_not_matched) {
  const auto wanted = rule("*", {"Gemm", "MatMul"});

  BOOST_TEST(!rule_matches(wanted, subject("w", {"Add"}), 1));
  BOOST_TEST(!rule_matches(wanted, subject("w", {}), 1));
}

BOOST_AUTO_TEST_CASE(min_elements_is_inclusive) {
  const auto wanted = rule("*", {}, 1024);

  BOOST_TEST(!rule_matches(wanted, subject("w", {}), 1023));
  BOOST_TEST(rule_matches(wanted, subject("w", {}), 1024));
}

BOOST_AUTO_TEST_CASE(the_first_matching_rule_decides) {
  const std::vector rules{rule("head*", {}), rule("*", {"MatMul"}),
                          rule("*", {})};

  BOOST_TEST(*first_matching_rule(rules, subject("head.w", {"MatMul"}), 1)
             == 0u);
  BOOST_TEST(*first_matching_rule(rules, subject("w", {"MatMul"}), 1) == 1u);
  BOOST_TEST(*first_matching_rule(rules, subject("w", {"Conv"}), 1) == 2u);
}

BOOST_AUTO_TEST_CASE(no_rule_may_match) {
  const std::vector rules{rule("head*", {})};

  BOOST_TEST(!first_matching_rule(rules, subject("w", {}), 1).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

#include "config/recipe_file.hpp"

#include "config/built_in_recipes.hpp"

#include <boost/test/unit_test.hpp>

using namespace trivium;
using namespace trivium::config;

namespace {

constexpr std::string_view small = R"(name: small
description: the smallest recipe
targets:
  - format: onnx
    rules:
      - {name: "head*", action: keep}
      - name: "*"
        operators: [MatMul, Gemm]
        min_elements: 1024
        action: int8_channel
    gate:
      min_output_sqnr_db: 20
)";

recipe parsed(std::string_view yaml) {
  return parse_recipe(yaml, "r.yaml").value();
}

std::string error_of(std::string_view yaml) {
  const auto made = parse_recipe(yaml, "r.yaml");
  return made ? "accepted" : made.error().text;
}

/// `small` with its first `from` replaced.
std::string changed(std::string_view from, std::string_view to) {
  std::string yaml{small};
  const auto at = yaml.find(from);
  BOOST_REQUIRE(at != std::string::npos);
  return yaml.replace(at, from.size(), to);
}

} // namespace

BOOST_AUTO_TEST_SUITE(parsing_a_recipe)

BOOST_AUTO_TEST_CASE(rules_and_gate_are_read_in_order) {
  const auto made = parsed(small);

  const auto* target = made.target(model_format::onnx);
  BOOST_REQUIRE(target != nullptr);
  BOOST_REQUIRE(target->rules.size() == 2u);
  BOOST_TEST(target->rules[0].name == "head*");
  BOOST_TEST((target->rules[0].action == scheme::keep));
  BOOST_TEST(
    (target->rules[1].operators == std::vector<std::string>{"Gemm", "MatMul"}));
  BOOST_TEST(target->rules[1].min_elements == 1024u);
  BOOST_TEST((target->rules[1].action == scheme::int8_channel));
  BOOST_TEST(target->gate.min_output_sqnr_db.value() == 20);
  BOOST_TEST(!target->gate.min_output_cosine.has_value());
}

BOOST_AUTO_TEST_CASE(a_misspelt_key_is_named_with_the_nearest) {
  BOOST_TEST(error_of(changed("operators", "opertors"))
             == "r.yaml:8:9: unknown key \"opertors\", did you mean "
                "\"operators\"?");
}

BOOST_AUTO_TEST_CASE(every_level_knows_its_keys) {
  for (const auto* key :
       {"description", "format", "min_elements", "min_output_sqnr_db"})
    BOOST_TEST(error_of(changed(key, "wrong_key")).find("unknown key")
                 != std::string::npos,
               key);
}

BOOST_AUTO_TEST_CASE(what_must_be_there_is_asked_for) {
  BOOST_TEST(error_of("targets: []\n").find("\"name\" is missing")
             != std::string::npos);
  BOOST_TEST(error_of("name: x\n").find("\"targets\" is missing")
             != std::string::npos);
  BOOST_TEST(error_of("name: x\ntargets: []\n").find("at least one target")
             != std::string::npos);
  BOOST_TEST(error_of("name: x\ntargets: [{format: onnx}]\n")
               .find("\"rules\" is missing")
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_scheme_that_the_format_cannot_hold_is_refused) {
  BOOST_TEST(error_of(changed("action: int8_channel", "action: q8_0"))
             == "r.yaml:10:17: seen \"q8_0\", wanted one of keep, "
                "int8_channel");
}

BOOST_AUTO_TEST_CASE(roles_of_tensors_are_known_outside_onnx) {
  BOOST_TEST(error_of("name: x\ntargets:\n- format: gguf\n  rules:\n"
                      "  - {name: \"*\", operators: [MatMul], action: q8_0}\n")
             == "r.yaml:5:29: seen \"MatMul\", wanted one of Linear, "
                "Embedding, Head, Norm, Other");
}

BOOST_AUTO_TEST_CASE(rules_that_only_keep_are_refused) {
  BOOST_TEST(error_of("name: x\ntargets:\n- format: gguf\n  rules:\n"
                      "  - {name: \"*\", action: keep}\n")
             == "r.yaml:5:3: no rule quantizes anything");
}

BOOST_AUTO_TEST_CASE(a_format_has_one_target) {
  const auto twice = std::string{small} + R"(  - format: onnx
    rules: [{name: "*", action: int8_channel}]
)";

  BOOST_TEST(error_of(twice).find("a second target for onnx")
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_empty_list_of_operators_is_refused) {
  BOOST_TEST(error_of(changed("[MatMul, Gemm]", "[]")).find("1 to 200")
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_name_must_be_one) {
  BOOST_TEST(error_of(changed("name: small", "name: ../small"))
               .starts_with("r.yaml:1:7: recipe name \"../small\""));
}

BOOST_AUTO_TEST_CASE(thresholds_are_numbers_within_reason) {
  for (const auto* value : {"high", "nan", "inf", "1e9", "\"20\""})
    BOOST_TEST(
      error_of(changed("sqnr_db: 20", std::string{"sqnr_db: "} + value))
        .starts_with("r.yaml:12:"),
      value);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(the_digest_of_a_recipe)

// The worked example of docs/formats/recipe.md.
BOOST_AUTO_TEST_CASE(is_of_the_canonical_form) {
  const auto made = parsed(small);

  BOOST_TEST(
    canonical(made)
    == R"({"name":"small","targets":[{"format":"onnx",)"
       R"("gate":{"min_output_sqnr_db":20},"rules":[)"
       R"({"action":"keep","min_elements":0,"name":"head*","operators":[]},)"
       R"({"action":"int8_channel","min_elements":1024,"name":"*",)"
       R"("operators":["Gemm","MatMul"]}]}],"trivium_recipe":1})");
  BOOST_TEST(to_string(made.sha256)
             == "c38271765f098dc8e1c8df4b4a7e7ee5"
                "6376fdbc1019569feb080324c9c77642");
}

BOOST_AUTO_TEST_CASE(does_not_change_with_what_changes_no_work) {
  const auto digest = parsed(small).sha256;

  BOOST_TEST((parsed("# a comment\n" + std::string{small}).sha256 == digest));
  BOOST_TEST((parsed(changed("the smallest", "a small")).sha256 == digest));
  BOOST_TEST((parsed(changed("[MatMul, Gemm]", "[Gemm, MatMul, Gemm]")).sha256
              == digest));
  BOOST_TEST(
    (parsed(changed("sqnr_db: 20", "sqnr_db: 20.0")).sha256 == digest));
}

BOOST_AUTO_TEST_CASE(changes_with_everything_else) {
  const auto digest = parsed(small).sha256;

  BOOST_TEST((parsed(changed("name: small", "name: other")).sha256 != digest));
  BOOST_TEST((parsed(changed("head*", "heads*")).sha256 != digest));
  BOOST_TEST((parsed(changed("1024", "1025")).sha256 != digest));
  BOOST_TEST((parsed(changed("Gemm", "Conv")).sha256 != digest));
  BOOST_TEST((parsed(changed("sqnr_db: 20", "sqnr_db: 21")).sha256 != digest));
}

BOOST_AUTO_TEST_CASE(does_not_depend_on_the_order_of_targets) {
  const std::string onnx =
    "- {format: onnx, rules: [{name: \"*\", action: int8_channel}]}\n";
  const std::string gguf =
    "- {format: gguf, rules: [{name: \"*\", action: q8_0}]}\n";
  const std::string head = "name: x\ntargets:\n";

  BOOST_TEST(
    (parsed(head + onnx + gguf).sha256 == parsed(head + gguf + onnx).sha256));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(stock_recipes)

BOOST_AUTO_TEST_CASE(all_are_valid_and_name_themselves) {
  BOOST_TEST(built_in_recipes().size() == 2u);
  for (const auto& stock : built_in_recipes()) {
    const auto made = parse_recipe(stock.yaml, stock.name);

    BOOST_REQUIRE_MESSAGE(made, made.error().text);
    BOOST_TEST(made->name == stock.name);
    BOOST_TEST(!made->description.empty());
  }
}

BOOST_AUTO_TEST_CASE(every_target_can_be_verified) {
  for (const auto& stock : built_in_recipes())
    for (const auto& target : parsed(stock.yaml).targets)
      BOOST_TEST(
        (target.gate.min_output_sqnr_db || target.gate.min_layer_sqnr_db));
}

BOOST_AUTO_TEST_SUITE_END()

#include "messages/values/recipe.hpp"

#include <boost/test/unit_test.hpp>

#include <array>

using namespace trivium;

namespace {

constexpr std::array schemes{scheme::keep, scheme::int8_channel,
                             scheme::int8_row_ct, scheme::q8_0};

} // namespace

BOOST_AUTO_TEST_SUITE(schemes_of_recipes)

BOOST_AUTO_TEST_CASE(names_read_back) {
  for (const auto s : schemes)
    BOOST_TEST((scheme_from(to_string(s)) == s), to_string(s));
  BOOST_TEST(!scheme_from("int3").has_value());
  BOOST_TEST(!scheme_from("").has_value());
}

BOOST_AUTO_TEST_CASE(each_scheme_belongs_to_one_format) {
  for (const auto s : schemes) {
    int formats = 0;
    for (const auto format :
         {model_format::onnx, model_format::safetensors, model_format::gguf})
      formats += is_scheme_of(s, format);
    BOOST_TEST(formats == (s == scheme::keep ? 3 : 1), to_string(s));
  }
}

BOOST_AUTO_TEST_CASE(an_unknown_format_holds_no_scheme) {
  for (const auto s : schemes)
    BOOST_TEST(is_scheme_of(s, model_format::unknown) == (s == scheme::keep));
}

BOOST_AUTO_TEST_CASE(a_recipe_finds_its_target_by_format) {
  recipe r;
  r.targets.resize(1);
  r.targets[0].format = model_format::gguf;

  BOOST_TEST(r.target(model_format::gguf) == &r.targets[0]);
  BOOST_TEST(r.target(model_format::onnx) == nullptr);
}

BOOST_AUTO_TEST_SUITE_END()

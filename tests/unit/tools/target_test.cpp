#include "tools/trivium/repl/target.hpp"

#include "tests/support/expected_checks.hpp"

using namespace trivium;
using namespace trivium::tools::repl;
using test::must;

namespace {

target read(std::string_view text, std::string_view wanted) {
  return must(parse_target(text, wanted, "here"));
}

std::string refusal(std::string_view text, std::string_view wanted) {
  return test::text(parse_target(text, wanted, "here"));
}

} // namespace

BOOST_AUTO_TEST_SUITE(targets)

BOOST_AUTO_TEST_CASE(are_looked_up_in_the_current_namespace) {
  BOOST_TEST(
    (read("minilm", form::model) == target{{"here", "minilm"}, "", "", ""}));
}

BOOST_AUTO_TEST_CASE(may_name_another_namespace) {
  BOOST_TEST((read("there/minilm@canary", form::alias)
              == target{{"there", "minilm"}, "", "", "canary"}));
}

BOOST_AUTO_TEST_CASE(name_a_version_and_a_variant_of_it) {
  BOOST_TEST((read("minilm:1.2.0-rc.1+b7", form::model_version)
              == target{{"here", "minilm"}, "1.2.0-rc.1+b7", "", ""}));
  BOOST_TEST((read("minilm:1.2.0:int8", form::variant)
              == target{{"here", "minilm"}, "1.2.0", "int8", ""}));
}

BOOST_AUTO_TEST_CASE(may_leave_out_what_is_in_brackets) {
  BOOST_TEST(read("minilm", form::anything).model.model == "minilm");
  BOOST_TEST(read("minilm:1.0.0", form::anything).version == "1.0.0");
  BOOST_TEST(read("minilm:1.0.0:int8", form::anything).recipe == "int8");
  BOOST_TEST(read("minilm@production", form::anything).alias == "production");
  BOOST_TEST(read("minilm", form::maybe_alias).alias.empty());
}

BOOST_AUTO_TEST_CASE(that_lack_a_part_are_told_the_form) {
  BOOST_TEST(refusal("minilm", form::model_version)
             == "\"minilm\": wanted MODEL:VERSION");
  BOOST_TEST(refusal("minilm", form::alias)
             == "\"minilm\": wanted MODEL@ALIAS");
  BOOST_TEST(refusal("minilm", form::variant)
             == "\"minilm\": wanted MODEL:VERSION[:RECIPE]");
}

BOOST_AUTO_TEST_CASE(that_say_too_much_are_refused) {
  for (const auto* text : {"a@b", "a:1.0.0"})
    BOOST_TEST(!parse_target(text, form::model, "here"), text);
  BOOST_TEST(!parse_target("a:1.0.0:int8", form::model_version, "here"));
  BOOST_TEST(!parse_target("a:1.0.0@b", form::anything, "here"));
}

BOOST_AUTO_TEST_CASE(that_are_no_names_are_refused) {
  for (const auto* text :
       {"", "@", ":", "/", "a@", "a:", "a::int8", "a:1.0.0:", "/a", "a/",
        "a/b/c", "a b", "../a", "a:1.0", "a:one", "a@b@c", "a:1.0.0:int8:x"})
    BOOST_TEST(!parse_target(text, form::anything, "here"), text);
}

BOOST_AUTO_TEST_CASE(of_strangers_are_shown_printable_and_short) {
  const auto text =
    refusal("\x1b[2J" + std::string(10'000, 'x') + "@", form::model);

  BOOST_TEST(text.starts_with("\"\\x1b[2Jxxx"));
  BOOST_TEST(text.size() < 250u);
}

BOOST_AUTO_TEST_CASE(may_be_digests_from_eight_digits_on) {
  BOOST_TEST(looks_like_digest("3f2a9c01"));
  BOOST_TEST(looks_like_digest(std::string(64, 'a')));
  BOOST_TEST(!looks_like_digest("3f2a9c0"));
  BOOST_TEST(!looks_like_digest("3F2A9C01"));
  BOOST_TEST(!looks_like_digest("here/3f2a9c01"));
  BOOST_TEST(!looks_like_digest(std::string(65, 'a')));
}

BOOST_AUTO_TEST_SUITE_END()

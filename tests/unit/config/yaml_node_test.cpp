#include "config/yaml_node.hpp"

#include "config/text_file.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <limits>

using namespace trivium;
using namespace trivium::config;

namespace {

using keys = std::array<std::string_view, 2>;

std::string error_of(std::string_view yaml) {
  const auto parsed = parse_yaml(yaml, "f.yaml");
  return parsed ? "accepted" : parsed.error().text;
}

/// The value of `a` in a document that is a map.
yaml_node a_of(std::string_view yaml) {
  return *parse_yaml(yaml, "f.yaml").value().require("a").value();
}

} // namespace

BOOST_AUTO_TEST_SUITE(yaml_parsing)

BOOST_AUTO_TEST_CASE(maps_lists_and_scalars_are_read) {
  const auto document =
    parse_yaml("a: [1, two]\nb: {c: true}\n", "f.yaml").value();

  const auto list = document.find("a")->list().value();
  BOOST_REQUIRE(list.size() == 2u);
  BOOST_TEST(list[0].natural(0, 9).value() == 1u);
  BOOST_TEST(list[1].text().value() == "two");
  BOOST_TEST(document.find("b")->find("c")->boolean().value());
}

BOOST_AUTO_TEST_CASE(a_missing_key_is_null_or_refused) {
  const auto document = parse_yaml("a: 1\n", "f.yaml").value();

  BOOST_TEST(document.find("b") == nullptr);
  BOOST_TEST(document.require("b").error().text
             == "f.yaml:1:1: the key \"b\" is missing");
}

BOOST_AUTO_TEST_CASE(an_unknown_key_names_its_place_and_the_nearest) {
  const auto document = parse_yaml("name: x\nopertors: y\n", "recipe.yaml");

  const auto refused = document->map(keys{"name", "operators"});

  BOOST_TEST(refused.error().text
             == "recipe.yaml:2:1: unknown key \"opertors\", did you mean "
                "\"operators\"?");
}

BOOST_AUTO_TEST_CASE(an_unknown_key_far_from_all_has_no_suggestion) {
  const auto document = parse_yaml("zzzzzzzz: 1\n", "f.yaml");

  BOOST_TEST(document->map(keys{"name", "operators"}).error().text
             == "f.yaml:1:1: unknown key \"zzzzzzzz\"");
}

BOOST_AUTO_TEST_CASE(aliases_and_anchors_are_refused) {
  BOOST_TEST(error_of("a: &x [1]\nb: *x\n")
             == "f.yaml:1:4: anchors are not allowed");
  BOOST_TEST(error_of("&a [*a]") == "f.yaml:1:1: anchors are not allowed");
  BOOST_TEST(error_of("a: *x\n") != "accepted");
}

BOOST_AUTO_TEST_CASE(tags_are_refused) {
  BOOST_TEST(error_of("a: !!str 1\n") == "f.yaml:1:4: tags are not allowed");
  BOOST_TEST(error_of("a: !mine {b: 1}\n")
             == "f.yaml:1:4: tags are not allowed");
}

BOOST_AUTO_TEST_CASE(a_key_may_stand_once) {
  BOOST_TEST(error_of("a: 1\nb: 2\na: 3\n")
             == "f.yaml:3:1: the key \"a\" stands here twice");
  BOOST_TEST(error_of("a: {x: 1}\nb: {x: 1}\n") == "accepted");
}

BOOST_AUTO_TEST_CASE(a_key_must_be_text) {
  BOOST_TEST(error_of("? [1, 2]\n: 3\n") == "f.yaml:1:3: a key must be text");
  BOOST_TEST(error_of("~: 3\n") == "f.yaml:1:1: a key must be text");
}

BOOST_AUTO_TEST_CASE(one_document_is_wanted) {
  BOOST_TEST(error_of("a: 1\n---\nb: 2\n").find("a second document")
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_empty_file_is_refused) {
  for (const auto* yaml : {"", "\n\n", "# only a comment\n"})
    BOOST_TEST(error_of(yaml) == "f.yaml:1:1: the file is empty");
}

BOOST_AUTO_TEST_CASE(what_is_no_yaml_is_refused_with_its_place) {
  BOOST_TEST(error_of("a: [1, 2\nb: 3\n").starts_with("f.yaml:2:"));
  BOOST_TEST(error_of("a: 'x").starts_with("f.yaml:1:"));
}

BOOST_AUTO_TEST_CASE(control_characters_and_invalid_utf8_are_refused) {
  BOOST_TEST(error_of("a: \"\\x1b[2J\"\n")
             == "f.yaml:1:4: control characters or invalid UTF-8");
  BOOST_TEST(error_of("a: \"\xff\xfe\"\n") != "accepted");
  BOOST_TEST(error_of("a: \"line\\n\\tnext\"\n") == "accepted");
}

BOOST_AUTO_TEST_CASE(the_origin_cannot_move_the_cursor) {
  BOOST_TEST(parse_yaml("", "\x1b[2J").error().text.find('\x1b')
             == std::string::npos);
}

BOOST_AUTO_TEST_CASE(nesting_is_limited) {
  const auto nested = [](size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };

  BOOST_TEST(error_of(nested(max_yaml_depth)) == "accepted");
  BOOST_TEST(error_of(nested(max_yaml_depth + 1))
             == "f.yaml:1:33: nested deeper than 32");
}

BOOST_AUTO_TEST_CASE(a_million_brackets_are_refused_at_the_limit) {
  BOOST_TEST(error_of(std::string(max_config_bytes, '['))
               .ends_with(": nested deeper than 32"));
}

BOOST_AUTO_TEST_CASE(nodes_are_counted) {
  std::string yaml = "[";
  for (size_t i = 0; i < max_yaml_nodes + 1; ++i)
    yaml += "1,";
  yaml += "]";

  BOOST_TEST(error_of(yaml).ends_with(": more than 100000 nodes"));
}

BOOST_AUTO_TEST_CASE(the_size_is_limited) {
  const auto refused =
    parse_yaml(std::string(max_config_bytes + 1, '#'), "f.yaml");

  BOOST_TEST((refused.error().code == ec::resource_exhausted));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(yaml_values)

BOOST_AUTO_TEST_CASE(a_wrong_type_says_what_was_seen_and_wanted) {
  BOOST_TEST(a_of("a: [1]\n").text().error().text
             == "f.yaml:1:4: seen a list, wanted text");
  BOOST_TEST(a_of("a: {b: 1}\n").list().error().text
             == "f.yaml:1:4: seen a map, wanted a list");
  BOOST_TEST(a_of("a: x\n").map(keys{"b", "c"}).error().text
             == "f.yaml:1:4: seen \"x\", wanted a map");
  BOOST_TEST(a_of("a: ~\n").text().error().text
             == "f.yaml:1:4: seen nothing, wanted text");
}

BOOST_AUTO_TEST_CASE(only_true_and_false_are_truth_values) {
  for (const auto* yaml : {"a: yes", "a: on", "a: 1", "a: \"true\"", "a: True"})
    BOOST_TEST(!a_of(yaml).boolean().has_value(), yaml);
}

BOOST_AUTO_TEST_CASE(a_whole_number_is_digits_within_the_range) {
  BOOST_TEST(a_of("a: 7").natural(1, 7).value() == 7u);
  for (const auto* yaml : {"a: 8", "a: 0", "a: -1", "a: 1.0", "a: 0x3",
                           "a: \"3\"", "a: 3 4", "a: 18446744073709551616"})
    BOOST_TEST(!a_of(yaml).natural(1, 7).has_value(), yaml);
  BOOST_TEST(a_of("a: 9").natural(1, 7).error().text
             == "f.yaml:1:4: seen \"9\", wanted a whole number from 1 to 7");
}

BOOST_AUTO_TEST_CASE(a_number_is_finite_and_within_the_range) {
  BOOST_TEST(a_of("a: 0.5").number(0, 1).value() == 0.5);
  BOOST_TEST(a_of("a: 1e-3").number(0, 1).value() == 1e-3);
  constexpr auto most = std::numeric_limits<double>::max();
  for (const auto* yaml : {"a: nan", "a: .nan", "a: inf", "a: 1e400", "a: x"})
    BOOST_TEST(!a_of(yaml).number(-most, most).has_value(), yaml);
}

BOOST_AUTO_TEST_CASE(sizes_and_durations_have_units_and_ranges) {
  using namespace std::chrono_literals;

  BOOST_TEST(a_of("a: 1 MiB").bytes(0, 1 << 20).value() == 1048576u);
  BOOST_TEST(a_of("a: 2 MiB").bytes(0, 1 << 20).error().text
             == "f.yaml:1:4: seen \"2 MiB\", wanted a size from 0 to 1 MiB");
  BOOST_TEST((a_of("a: 2 min").duration(1s, 1h).value() == 120s));
  BOOST_TEST(a_of("a: 2 h").duration(1s, 1h).error().text
             == "f.yaml:1:4: seen \"2 h\", wanted a duration from 1 s to 1 h");
}

BOOST_AUTO_TEST_CASE(a_choice_lists_what_is_allowed) {
  BOOST_TEST(a_of("a: two").choice(keys{"one", "two"}).value() == 1u);
  BOOST_TEST(a_of("a: six").choice(keys{"one", "two"}).error().text
             == "f.yaml:1:4: seen \"six\", wanted one of one, two");
}

BOOST_AUTO_TEST_SUITE_END()

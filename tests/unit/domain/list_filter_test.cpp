#include "actors/domain/list_filter.hpp"

#include "tests/support/expected_checks.hpp"

#include <boost/test/unit_test.hpp>

using namespace trivium;
using namespace trivium::test;
using domain::list_filter;

namespace {

domain::list_subject subject() {
  domain::list_subject made;
  made.model = "minilm-l6";
  made.newest.version = must(semver::parse("1.10.0"));
  made.newest.state = version_state::ready;
  made.newest.labels = {{"team", "search"}, {"note", "a \"b\" \\"}};
  made.aliases = {"production"};
  return made;
}

bool matches(const std::string& text) {
  return must(list_filter::parse(text)).matches(subject());
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_list_filter)

BOOST_AUTO_TEST_CASE(that_is_empty_matches_all) { BOOST_TEST(matches("  ")); }

BOOST_AUTO_TEST_CASE(compares_versions_as_versions) {
  BOOST_TEST(matches("version > 1.9.0"));
  BOOST_TEST(matches("version >= 1.10.0"));
  BOOST_TEST(matches("version <= 1.10.0"));
  BOOST_TEST(matches("version > 1.10.0-rc.1"));
  BOOST_TEST(!matches("version < 1.9.0"));
  BOOST_TEST(!matches("version != 1.10.0"));
}

BOOST_AUTO_TEST_CASE(takes_a_star_at_the_end_of_a_name) {
  BOOST_TEST(matches("model_id = minilm*"));
  BOOST_TEST(matches("model_id = minilm-l6"));
  BOOST_TEST(!matches("model_id = minilm"));
  BOOST_TEST(!matches("model_id != \"mini*\""));
}

BOOST_AUTO_TEST_CASE(
  looks_at_labels_and_tells_a_missing_one_from_an_equal_one) {
  BOOST_TEST(matches("labels.team = search"));
  BOOST_TEST(matches(R"(labels.note = "a \"b\" \\")"));
  BOOST_TEST(!matches("labels.none = search"));
  BOOST_TEST(matches("labels.none != search"));
}

BOOST_AUTO_TEST_CASE(joins_terms_by_and) {
  BOOST_TEST(matches("state = ready AND alias = production"));
  BOOST_TEST(!matches("state = READY and alias = canary"));
  BOOST_TEST(must(list_filter::parse("alias != x")).asks_for_aliases());
  BOOST_TEST(!must(list_filter::parse("state = x")).asks_for_aliases());
}

BOOST_AUTO_TEST_CASE(says_what_is_wrong_and_where) {
  const auto why = [](const std::string& text) {
    return seen_error(list_filter::parse(text));
  };

  BOOST_TEST(why("colour = red").text
             == "filter: no field \"colour\"; there are model_id, version, "
                "state, alias and labels.KEY");
  BOOST_TEST(why("state").text
             == "filter: wanted =, !=, <, <=, > or >= at byte 5, saw the end");
  BOOST_TEST(why("state = \"rea").text
             == "filter: wanted the closing \" at byte 12, saw the end");
  BOOST_TEST((why("state < ready").code == ec::invalid_argument));
  BOOST_TEST((why("version = abc").code == ec::invalid_argument));
  BOOST_TEST((why("state = ready alias = x").code == ec::invalid_argument));
  BOOST_TEST((why(std::string(1025, ' ')).code == ec::invalid_argument));
  std::string many = "state = ready";
  for (int i = 0; i < 16; ++i)
    many += " AND state = ready";
  BOOST_TEST((why(many).code == ec::invalid_argument));
}

BOOST_AUTO_TEST_SUITE_END()

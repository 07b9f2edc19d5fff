#include "actors/domain/glob.hpp"

#include <boost/test/unit_test.hpp>

#include <random>
#include <string>

using trivium::domain::glob_matches;

BOOST_AUTO_TEST_SUITE(glob)

BOOST_AUTO_TEST_CASE(a_star_matches_everything_also_nothing) {
  BOOST_TEST(glob_matches("*", ""));
  BOOST_TEST(glob_matches("*", "encoder/layer.0/weight"));
}

BOOST_AUTO_TEST_CASE(an_empty_pattern_matches_only_the_empty_text) {
  BOOST_TEST(glob_matches("", ""));
  BOOST_TEST(!glob_matches("", "a"));
}

BOOST_AUTO_TEST_CASE(the_whole_text_must_match) {
  BOOST_TEST(glob_matches("layer.*.weight", "layer.0.weight"));
  BOOST_TEST(!glob_matches("layer.*.weight", "layer.0.weight2"));
  BOOST_TEST(!glob_matches("layer.*.weight", "a.layer.0.weight"));
}

BOOST_AUTO_TEST_CASE(a_question_mark_takes_exactly_one_byte) {
  BOOST_TEST(glob_matches("h.?", "h.3"));
  BOOST_TEST(!glob_matches("h.?", "h."));
  BOOST_TEST(!glob_matches("h.?", "h.12"));
}

BOOST_AUTO_TEST_CASE(brackets_and_dots_stand_for_themselves) {
  BOOST_TEST(glob_matches("a[0].b", "a[0].b"));
  BOOST_TEST(!glob_matches("a[0].b", "a0.b"));
  BOOST_TEST(!glob_matches("a.b", "axb"));
}

BOOST_AUTO_TEST_CASE(a_star_gives_back_what_it_took_too_early) {
  BOOST_TEST(glob_matches("*ab", "aab"));
  BOOST_TEST(glob_matches("*a*b*c", "xaabbcc"));
  BOOST_TEST(!glob_matches("*a*b*c", "xaabbccx"));
}

BOOST_AUTO_TEST_CASE(many_stars_over_a_long_text_end) {
  // Recursive matchers need 2^30 steps for this one.
  std::string pattern;
  for (int i = 0; i < 30; ++i)
    pattern += "*a";
  pattern += "*b";

  BOOST_TEST(!glob_matches(pattern, std::string(10'000, 'a')));
}

// The definition, straight: exponential, right.
bool matches_by_definition(std::string_view p, std::string_view t) {
  if (p.empty())
    return t.empty();
  if (p[0] == '*')
    return matches_by_definition(p.substr(1), t)
           || (!t.empty() && matches_by_definition(p, t.substr(1)));
  return !t.empty() && (p[0] == '?' || p[0] == t[0])
         && matches_by_definition(p.substr(1), t.substr(1));
}

BOOST_AUTO_TEST_CASE(agrees_with_the_definition_on_random_texts) {
  std::mt19937 random{20240607};
  const auto text_of = [&](std::string_view letters, size_t most) {
    std::string text(random() % (most + 1), ' ');
    for (auto& c : text)
      c = letters[random() % letters.size()];
    return text;
  };
  for (int i = 0; i < 20'000; ++i) {
    const auto pattern = text_of("ab*?", 7);
    const auto text = text_of("ab", 9);

    if (glob_matches(pattern, text) != matches_by_definition(pattern, text))
      BOOST_FAIL("pattern \"" << pattern << "\" text \"" << text << "\"");
  }
}

BOOST_AUTO_TEST_SUITE_END()

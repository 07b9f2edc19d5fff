#include "messages/values/semver.hpp"

#include <boost/test/unit_test.hpp>

#include <array>

using namespace trivium;

namespace {

semver version(std::string_view text) { return semver::parse(text).value(); }

} // namespace

BOOST_AUTO_TEST_SUITE(semantic_versions)

BOOST_AUTO_TEST_CASE(the_examples_of_section_11_are_in_order) {
  constexpr std::array<std::string_view, 12> rising{
    "1.0.0-alpha",  "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta",
    "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1",       "1.0.0",
    "1.0.1",        "1.2.0",         "1.10.0",           "2.0.0"};
  for (size_t i = 0; i < rising.size(); ++i)
    for (size_t j = 0; j < rising.size(); ++j)
      BOOST_TEST(((version(rising[i]) <=> version(rising[j])) == (i <=> j)),
                 rising[i] << " and " << rising[j]);
}

BOOST_AUTO_TEST_CASE(numbers_come_before_words_and_case_counts) {
  BOOST_TEST((version("1.0.0-1") < version("1.0.0-a")));
  BOOST_TEST((version("1.0.0-9") < version("1.0.0-10")));
  BOOST_TEST((version("1.0.0-A") < version("1.0.0-a")));
  BOOST_TEST((version("1.0.0-99999999999999999998")
              < version("1.0.0-99999999999999999999")));
}

BOOST_AUTO_TEST_CASE(build_metadata_does_not_order) {
  BOOST_TEST((version("1.0.0+a") == version("1.0.0+b")));
  BOOST_TEST((version("1.0.0-rc.1+a") < version("1.0.0+a")));
}

BOOST_AUTO_TEST_CASE(text_reads_back) {
  for (const auto* text :
       {"0.0.0", "1.2.3", "10.20.30", "1.0.0-alpha.1", "1.0.0-0.3.7",
        "1.0.0-x-y-z.--", "1.0.0+20130313144700", "1.0.0-beta+exp.sha.5114f85",
        "1.0.0+21AF26D3---117B344092BD", "1.0.0+001", "1.0.0-01a",
        "18446744073709551615.0.0", "1.0.0-a+b-c"})
    BOOST_TEST(to_string(version(text)) == text);
}

// The refusals of semver.org's own list, and what a command line meets.
BOOST_AUTO_TEST_CASE(what_is_no_semantic_version_is_refused) {
  for (const auto* text : {"",
                           "1",
                           "1.2",
                           "1.2.3.4",
                           "1.2.3-0123",
                           "1.2.3-0123.0123",
                           "1.1.2+.123",
                           "+invalid",
                           "-invalid",
                           "-invalid+invalid",
                           "alpha",
                           "alpha.beta",
                           "1.0.0-alpha_beta",
                           "1.0.0-alpha..",
                           "1.0.0-alpha..1",
                           "1.0.0-",
                           "1.0.0+",
                           "1.0.0-+b",
                           "01.1.1",
                           "1.01.1",
                           "1.1.01",
                           "1.2.",
                           ".1.2",
                           "1..2",
                           "1.2.3.DEV",
                           "1.2-SNAPSHOT",
                           "1.2.3-a+b+c",
                           "v1.0.0",
                           "-1.0.0",
                           "1.0.0 ",
                           " 1.0.0",
                           "1.0.0\n",
                           "1.0.0/..",
                           "1.0.x",
                           "1,0,0",
                           "18446744073709551616.0.0",
                           "1.0.0-\xc3\xa9",
                           "1.0.0-a/b"})
    BOOST_TEST(!semver::parse(text).has_value(), "\"" << text << "\"");
}

BOOST_AUTO_TEST_CASE(a_version_has_at_most_128_bytes) {
  BOOST_TEST(semver::parse("1.0.0-" + std::string(122, 'a')).has_value());
  BOOST_TEST(!semver::parse("1.0.0-" + std::string(123, 'a')).has_value());
}

BOOST_AUTO_TEST_CASE(a_refusal_is_short_and_printable) {
  const auto refused = semver::parse("\x1b[2J" + std::string(100'000, '1'));

  BOOST_TEST(refused.error().text.size() < 200u);
  BOOST_TEST(refused.error().text.find('\x1b') == std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_next_patch_has_no_suffixes) {
  BOOST_TEST(to_string(version("1.2.3-rc.1+b").next_patch()) == "1.2.4");
}

BOOST_AUTO_TEST_SUITE_END()

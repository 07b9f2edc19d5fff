#include "tools/trivium/repl/words.hpp"

#include "tests/support/expected_checks.hpp"

#include <random>

using namespace trivium;
using namespace trivium::tools::repl;
using test::must;

namespace {

using words = std::vector<std::string>;

void check_words(std::string_view line, const words& wanted) {
  BOOST_TEST(must(split_words(line)) == wanted,
             boost::test_tools::per_element());
}

} // namespace

BOOST_AUTO_TEST_SUITE(words_of_a_line)

BOOST_AUTO_TEST_CASE(are_what_stands_between_spaces_and_tabs) {
  check_words("", {});
  check_words("  \t ", {});
  check_words("models", {"models"});
  check_words("  promote\tminilm:1.0.0  --yes ",
              {"promote", "minilm:1.0.0", "--yes"});
}

BOOST_AUTO_TEST_CASE(keep_what_quotes_hold) {
  check_words("a 'b  c' d", {"a", "b  c", "d"});
  check_words("a \"b 'c' d\"", {"a", "b 'c' d"});
  check_words("--reason='too \"many\" misses'",
              {"--reason=too \"many\" misses"});
  check_words("one' 'word", {"one word"});
  check_words("'' \"\"", {"", ""});
}

BOOST_AUTO_TEST_CASE(take_the_byte_behind_a_backslash_as_it_is) {
  check_words(R"(a\ b)", {"a b"});
  check_words(R"(\"a\' \\)", {"\"a'", "\\"});
  check_words(R"("a\"b\\c\d")", {R"(a"b\c\d)"});
  check_words(R"('a\b')", {R"(a\b)"});
}

BOOST_AUTO_TEST_CASE(end_where_a_comment_begins) {
  check_words("# all of it", {});
  check_words("models # the rest", {"models"});
  check_words("a#b '#c'", {"a#b", "#c"});
}

BOOST_AUTO_TEST_CASE(are_refused_when_something_is_open) {
  BOOST_TEST(test::seen_error(split_words("a 'b"))
             == (error{ec::invalid_argument, "a quote is not closed: '"}));
  BOOST_TEST(test::code(split_words("\"")) == ec::invalid_argument);
  BOOST_TEST(test::text(split_words("a\\"))
             == "nothing follows the last backslash");
}

BOOST_AUTO_TEST_CASE(are_read_back_from_their_escaped_form) {
  constexpr uint32_t seed = 7;
  std::mt19937 random{seed};
  for (int round = 0; round < 2000; ++round) {
    std::string word(1 + random() % 12, ' ');
    for (auto& c : word)
      c = " \t\\'\"#abc/."[random() % 11];
    for (const auto quote : {'\0', '\'', '"'}) {
      const auto mark = quote == 0 ? "" : std::string{quote};
      const auto line = mark + escaped(word, quote) + mark;

      const auto read = must(split_words(line));

      if (read != words{word})
        BOOST_FAIL("seed " << seed << ": \"" << word << "\" typed as " << line);
    }
  }
}

BOOST_AUTO_TEST_CASE(of_an_open_line_leave_the_last_one_open) {
  auto open = split_open_line("show min");
  BOOST_TEST(open.words == words{"show"}, boost::test_tools::per_element());
  BOOST_TEST(open.last == "min");

  open = split_open_line("show ");
  BOOST_TEST(open.words == words{"show"}, boost::test_tools::per_element());
  BOOST_TEST(open.last == "");

  open = split_open_line("register 'my mo");
  BOOST_TEST(open.last == "my mo");
  BOOST_TEST(open.quote == '\'');
}

BOOST_AUTO_TEST_SUITE_END()

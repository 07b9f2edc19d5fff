#include "messages/values/names.hpp"

#include "messages/values/envelope.hpp"

#include <boost/test/unit_test.hpp>

#include <random>
#include <vector>

using namespace trivium;

BOOST_AUTO_TEST_SUITE(names)

BOOST_AUTO_TEST_CASE(ordinary_names_are_taken) {
  for (const auto* name : {"a", "minilm", "PP-OCRv6_rec", "llama-3.2", "0",
                           "a.b", "a-", "a_", "a."})
    BOOST_TEST(check_name("name", name).has_value(), name);
  BOOST_TEST(check_name("name", std::string(128, 'a')).has_value());
}

BOOST_AUTO_TEST_CASE(hostile_names_are_refused) {
  for (const std::string name : {"",
                                 ".",
                                 "..",
                                 "...",
                                 "a..b",
                                 "/",
                                 "a/b",
                                 "\\",
                                 "a b",
                                 " a",
                                 "-a",
                                 "_a",
                                 ".a",
                                 "a:b",
                                 "a@b",
                                 "a\n",
                                 "a\x1b[2J",
                                 "a\x7f",
                                 "\xff",
                                 "é",
                                 "a%2fb",
                                 "~",
                                 "$HOME",
                                 "a*",
                                 "a?",
                                 "a;b",
                                 "a|b",
                                 "\xe2\x80\xae"
                                 "a"})
    BOOST_TEST(!check_name("name", name).has_value(), name);
  BOOST_TEST(!check_name("name", std::string("a\0b", 3)).has_value());
  BOOST_TEST(!check_name("name", std::string(129, 'a')).has_value());
}

BOOST_AUTO_TEST_CASE(a_refusal_is_short_printable_and_says_of_what) {
  const auto refused =
    check_name("model name", "\x1b[2J" + std::string(100'000, 'x'));

  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.error().code == ec::invalid_argument));
  BOOST_TEST(refused.error().text.starts_with("model name \"\\x1b[2J"));
  BOOST_TEST(refused.error().text.size() < 250u);
}

BOOST_AUTO_TEST_CASE(a_sanitised_name_is_a_name_whatever_came_in) {
  constexpr uint32_t seed = 11;
  std::mt19937 random{seed};
  for (int round = 0; round < 5000; ++round) {
    std::string text(random() % 200, ' ');
    for (auto& c : text)
      c = random() % 2 == 0 ? static_cast<char>(random() % 256)
                            : "a.-_/"[random() % 5];

    if (!check_name("name", sanitised_name(text)))
      BOOST_FAIL("seed " << seed << ", \"" << printable(text) << "\" → \""
                         << printable(sanitised_name(text)) << "\"");
  }
}

BOOST_AUTO_TEST_CASE(a_good_name_stays_as_it_is) {
  BOOST_TEST(sanitised_name("PP-OCRv6_rec") == "PP-OCRv6_rec");
  BOOST_TEST(sanitised_name("mein modell (1)") == "mein-modell--1-");
  BOOST_TEST(sanitised_name("...") == "model");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(printable_text)

BOOST_AUTO_TEST_CASE(text_of_any_script_stays) {
  for (const auto* text : {"", "plain ~ text", "é", "→", "模型", "𝄞",
                           "\xc2\xa0", "\xf4\x8f\xbf\xbf"})
    BOOST_TEST(printable(text) == text);
}

BOOST_AUTO_TEST_CASE(control_characters_are_escaped) {
  BOOST_TEST(printable("a\nb\x1b[2J\x7f") == "a\\x0ab\\x1b[2J\\x7f");
  BOOST_TEST(printable(std::string_view{"\0", 1}) == "\\x00");
}

BOOST_AUTO_TEST_CASE(c1_controls_are_escaped) {
  BOOST_TEST(printable("\xc2\x9b"
                       "2J")
             == "\\xc2\\x9b2J");
  BOOST_TEST(printable("\xc2\x80") == "\\xc2\\x80");
  BOOST_TEST(printable("\xc2\x9f") == "\\xc2\\x9f");
}

BOOST_AUTO_TEST_CASE(text_cannot_turn_or_break_the_line_it_stands_in) {
  BOOST_TEST(printable("a\xe2\x80\xae"
                       "b")
             == "a\\xe2\\x80\\xaeb");
  BOOST_TEST(printable("\xe2\x81\xa6") == "\\xe2\\x81\\xa6");
  BOOST_TEST(printable("\xe2\x80\xa8") == "\\xe2\\x80\\xa8");
  BOOST_TEST(printable("\xe2\x80\xa6") == "…");
}

BOOST_AUTO_TEST_CASE(characters_are_as_long_as_their_utf8) {
  BOOST_TEST(utf8_length("ab") == 1u);
  BOOST_TEST(utf8_length(std::string_view{"\0", 1}) == 1u);
  BOOST_TEST(utf8_length("äb") == 2u);
  BOOST_TEST(utf8_length("→b") == 3u);
  BOOST_TEST(utf8_length("😀b") == 4u);
  for (const auto* none : {"", "\xff", "\xc3", "\x80", "\xc0\xaf"})
    BOOST_TEST(utf8_length(none) == 0u);
}

BOOST_AUTO_TEST_CASE(invalid_utf8_is_escaped_byte_by_byte) {
  BOOST_TEST(printable("\xff") == "\\xff");
  BOOST_TEST(printable("\xc0\xaf") == "\\xc0\\xaf");          // overlong '/'
  BOOST_TEST(printable("\xe0\x80\xaf") == "\\xe0\\x80\\xaf"); // the same
  BOOST_TEST(printable("\xed\xa0\x80") == "\\xed\\xa0\\x80"); // surrogate
  BOOST_TEST(printable("\xf4\x90\x80\x80") == "\\xf4\\x90\\x80\\x80");
  BOOST_TEST(printable("\xe2\x82") == "\\xe2\\x82"); // cut
  BOOST_TEST(printable("\xc3(") == "\\xc3(");
}

BOOST_AUTO_TEST_CASE(printable_text_is_printable) {
  std::mt19937 random{12};
  for (int round = 0; round < 5000; ++round) {
    std::string text(random() % 40, ' ');
    for (auto& c : text)
      c = static_cast<char>(random() % 256);

    const auto once = printable(text);

    if (printable(once) != once)
      BOOST_FAIL(once);
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(nearest_names)

BOOST_AUTO_TEST_CASE(the_nearest_within_two_edits_is_found) {
  const std::vector<std::string> known{"int8", "q8_0", "int4"};

  BOOST_TEST(nearest("int9", known) == "int8");
  BOOST_TEST(nearest("itn4", known) == "int4");
  BOOST_TEST(nearest("q80", known) == "q8_0");
}

BOOST_AUTO_TEST_CASE(nothing_near_is_nothing) {
  BOOST_TEST(nearest("banana", std::vector<std::string>{"int8"}).empty());
  BOOST_TEST(nearest("x", std::vector<std::string>{}).empty());
}

BOOST_AUTO_TEST_CASE(a_short_text_is_not_near_to_everything) {
  BOOST_TEST(nearest("x", std::vector<std::string>{"ab"}).empty());
  BOOST_TEST(nearest("", std::vector<std::string>{"ab"}).empty());
}

BOOST_AUTO_TEST_CASE(distance_counts_insertions_deletions_and_changes) {
  BOOST_TEST(edit_distance("kitten", "sitting") == 3u);
  BOOST_TEST(edit_distance("", "abc") == 3u);
  BOOST_TEST(edit_distance("abc", "") == 3u);
  BOOST_TEST(edit_distance("abc", "abc") == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(alias_references)

BOOST_AUTO_TEST_CASE(every_part_but_the_model_has_a_default) {
  const auto full = alias_ref::parse("team/minilm@canary").value();
  const auto short_form = alias_ref::parse("minilm").value();

  BOOST_TEST(to_string(full.model) == "team/minilm");
  BOOST_TEST(full.alias == "canary");
  BOOST_TEST(to_string(short_form.model) == "default/minilm");
  BOOST_TEST(short_form.alias == "production");
}

BOOST_AUTO_TEST_CASE(anything_else_is_refused) {
  for (const auto* text : {"", "@", "a@", "@b", "/a", "a/", "a/b/c", "a@b@c",
                           "a@b/c", "../a", "a/..@b", "a b"})
    BOOST_TEST(!alias_ref::parse(text).has_value(), text);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(envelopes)

BOOST_AUTO_TEST_CASE(copies_of_a_cancel_token_share_one_flag) {
  const envelope first;
  const auto second = first;

  second.cancel.cancel();

  BOOST_TEST(first.cancel.is_cancelled());
  BOOST_TEST(!envelope{}.cancel.is_cancelled());
}

BOOST_AUTO_TEST_CASE(a_trace_id_is_32_hex_digits) {
  trace_context trace;
  trace.trace_id[0] = 0x0a;
  trace.trace_id[15] = 0xff;

  BOOST_TEST(trace_id_text(trace) == "0a" + std::string(28, '0') + "ff");
}

BOOST_AUTO_TEST_SUITE_END()

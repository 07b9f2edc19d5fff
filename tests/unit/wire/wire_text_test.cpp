#include "messages/wire/control.hpp"
#include "messages/wire/wire_text.hpp"
#include "tests/support/expected_checks.hpp"
#include "tests/unit/wire/samples.hpp"

#include <random>

using namespace trivium;
using namespace trivium::test;

BOOST_AUTO_TEST_SUITE(text_that_is_shown)

BOOST_AUTO_TEST_CASE(is_printable) {
  BOOST_TEST(wire_text("a\n\xff → b\x1b[31m") == "a\\x0a\\xff → b\\x1b[31m");
}

BOOST_AUTO_TEST_CASE(is_cut_at_its_limit_between_two_characters) {
  const std::string longest(max_text_bytes, 'x');

  BOOST_TEST(wire_text(longest) == longest);
  BOOST_TEST(wire_text(longest + "x").size() == max_text_bytes);
  BOOST_TEST(wire_text(longest + "x").ends_with("x…"));
}

BOOST_AUTO_TEST_CASE(stays_as_it_is_the_second_time) {
  const auto once = wire_text(std::string(max_text_bytes, '\xff'));

  BOOST_TEST(wire_text(once) == once);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(text_that_has_to_arrive_as_it_is)

BOOST_AUTO_TEST_CASE(keeps_controls_marks_and_length) {
  const auto text = "name: ä\n\t\x1b\x7f 😀\xe2\x80\xae"
                    + std::string(2 * max_text_bytes, 'x')
                    + std::string("\0", 1);

  BOOST_TEST(utf8_text(text) == text);
}

BOOST_AUTO_TEST_CASE(has_other_bytes_escaped_one_by_one) {
  BOOST_TEST(utf8_text("/a\xff/\xc3") == "/a\\xff/\\xc3");
  BOOST_TEST(utf8_text("\xc0\xaf\xed\xa0\x80") == "\\xc0\\xaf\\xed\\xa0\\x80");
  BOOST_TEST(utf8_text("") == "");
}

BOOST_AUTO_TEST_CASE(is_read_back_by_protobuf_whatever_it_was) {
  constexpr uint32_t seed = 5;
  std::mt19937 random{seed};
  for (int round = 0; round < 2000; ++round) {
    v1::JobRequest message;
    std::string text;
    for (int i = 0; i < 6; ++i)
      text += static_cast<char>(random() % 2 == 0 ? random() : 0x80 + i);
    message.set_path(utf8_text(text));
    message.set_recipe(wire_text(text));

    v1::JobRequest arrived;
    BOOST_REQUIRE_MESSAGE(arrived.ParseFromString(message.SerializeAsString()),
                          "seed " << seed << ", round " << round);
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(lists)

BOOST_AUTO_TEST_CASE(come_back_one_by_one) {
  v1::JobList list;
  write_all(std::vector{a_job_status(), a_job_status()}, *list.mutable_jobs());

  const auto jobs = must(read_all<job_status>(list.jobs(), from_wire));

  BOOST_TEST(jobs.size() == 2u);
  BOOST_TEST(jobs.at(1).done == 12u);
}

BOOST_AUTO_TEST_CASE(end_with_the_first_error) {
  v1::JobList list;
  write_all(std::vector{a_job_status(), a_job_status()}, *list.mutable_jobs());
  list.mutable_jobs(0)->mutable_record()->set_version("none");
  list.mutable_jobs(1)->mutable_record()->set_state(
    static_cast<v1::JobState>(99));

  BOOST_TEST(code(read_all<job_status>(list.jobs(), from_wire))
             == ec::data_loss);
}

BOOST_AUTO_TEST_SUITE_END()

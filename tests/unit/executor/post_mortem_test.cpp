#include "accelerators/executor/post_mortem.hpp"
#include "tests/support/expected_checks.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>

using namespace trivium;
using namespace trivium::accelerators;
using namespace trivium::test;

namespace {

constexpr int exited_with(int code) { return code << 8; }

} // namespace

BOOST_AUTO_TEST_SUITE(reading_a_wait_status)

BOOST_AUTO_TEST_CASE(takes_a_kill_from_outside_for_lack_of_memory) {
  BOOST_TEST(post_mortem(SIGKILL, "").code == ec::resource_exhausted);
}

BOOST_AUTO_TEST_CASE(takes_used_up_processor_time_for_a_hang) {
  BOOST_TEST(post_mortem(SIGXCPU, "").code == ec::deadline_exceeded);
}

BOOST_AUTO_TEST_CASE(takes_an_abort_over_bad_alloc_for_lack_of_memory) {
  BOOST_TEST(post_mortem(SIGABRT, "what(): std::bad_alloc\n").code
             == ec::resource_exhausted);
}

BOOST_AUTO_TEST_CASE(knows_the_code_of_a_worker_without_memory) {
  BOOST_TEST(post_mortem(exited_with(exit_out_of_memory), "").code
             == ec::resource_exhausted);
}

BOOST_AUTO_TEST_CASE(joins_the_lines_of_stderr) {
  BOOST_TEST(last_words("first\n\nsecond\n") == "first|second");
}

BOOST_AUTO_TEST_CASE(keeps_the_end_of_long_stderr) {
  const auto words = last_words(std::string(5000, 'a') + "end");

  BOOST_TEST(words.size() == 512);
  BOOST_TEST(words.ends_with("aend"));
}

BOOST_AUTO_TEST_CASE(escapes_what_a_terminal_would_obey) {
  BOOST_TEST(last_words("\x1b[2J") == "\\x1b[2J");
}

BOOST_AUTO_TEST_SUITE_END()

#include "tools/trivium/repl/screen.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <ctime>

using namespace trivium;
using namespace trivium::tools::repl;

namespace {

constexpr unix_ms second = 1000;
constexpr unix_ms minute = 60 * second;
constexpr unix_ms hour = 60 * minute;
constexpr unix_ms now = 1'800'000'000'000;

} // namespace

BOOST_AUTO_TEST_SUITE(a_screen)

BOOST_AUTO_TEST_CASE(says_how_long_ago_something_was) {
  BOOST_TEST(age(now, now) == "just now");
  BOOST_TEST(age(now + minute, now) == "just now"); // another host's clock
  BOOST_TEST(age(now - 42 * second, now) == "42 s ago");
  BOOST_TEST(age(now - 3 * minute, now) == "3 min ago");
  BOOST_TEST(age(now - 47 * hour, now) == "47 h ago");
  BOOST_TEST(age(now - 49 * hour, now) == "2 days ago");
  BOOST_TEST(age(0, now) == "–");
}

BOOST_AUTO_TEST_CASE(shows_local_time) {
  ::setenv("TZ", "UTC-2", 1);
  ::tzset();

  BOOST_TEST(local_time(1'763'812'985'000) == "2025-11-22 14:03:05");
  BOOST_TEST(local_time(0) == "–");
}

BOOST_AUTO_TEST_CASE(cuts_between_characters_not_bytes) {
  BOOST_TEST(shortened("minilm", 6) == "minilm");
  BOOST_TEST(shortened("minilm", 5) == "mini…");
  BOOST_TEST(shortened("größer", 4) == "grö…");
  BOOST_TEST(shortened("größer", 1) == "…");
  BOOST_TEST(shortened("a", 0) == "");
}

BOOST_AUTO_TEST_CASE(has_colours_only_where_they_are_wanted) {
  screen on;
  BOOST_TEST(painted("Failed", tint::bad, on) == "Failed");

  on.is_coloured = true;
  BOOST_TEST(painted("Failed", tint_of("Failed"), on)
             == "\x1b[31mFailed\x1b[0m");
  BOOST_TEST(painted("Deployed", tint_of("Deployed"), on)
             == "\x1b[32mDeployed\x1b[0m");
  BOOST_TEST(painted("running", tint_of("running"), on)
             == "\x1b[33mrunning\x1b[0m");
  BOOST_TEST(painted("whatever", tint_of("whatever"), on) == "whatever");
}

BOOST_AUTO_TEST_SUITE_END()

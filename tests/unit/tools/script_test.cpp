#include "tools/trivium/repl/script.hpp"

#include "tests/unit/tools/console.hpp"

#include <boost/test/unit_test.hpp>

using namespace trivium;
using namespace trivium::tools::repl;
using calls = std::vector<std::string>;

namespace {

/// Runs `text` as standard input would be; what it said stands in `errors`.
int run_text(test::console& console, std::string_view text) {
  std::array<int, 2> ends{};
  BOOST_REQUIRE(::pipe(ends.data()) == 0);
  BOOST_REQUIRE(::write(ends[1], text.data(), text.size())
                == static_cast<ssize_t>(text.size()));
  ::close(ends[1]);
  line_reader lines{ends[0], console.stop.fd()};
  const test::captured_errors captured;
  const auto code = run_script(console.session, lines);
  console.errors = captured.text();
  ::close(ends[0]);
  return code;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_script, test::console)

BOOST_AUTO_TEST_CASE(runs_its_lines_in_order) {
  BOOST_TEST(run_text(*this, "# nightly\n\nlog debug\nstatus\n") == 0);
  BOOST_TEST(node.calls == (calls{"connect default", "log debug", "status"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(stops_at_the_first_failure_and_names_its_line) {
  BOOST_TEST(run_text(*this, "status\n\nversions a:b\nlog debug\n") == 1);
  BOOST_TEST(errors == "trivium: line 3: \"a:b\": wanted MODEL\n");
  BOOST_TEST(changes() == calls{"status"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(passes_on_the_code_of_wrong_usage) {
  BOOST_TEST(run_text(*this, "nonsense\n") == 2);
  BOOST_TEST(run_text(*this, "cancel job-1\n") == 2);
}

BOOST_AUTO_TEST_CASE(ends_early_where_it_says_so) {
  BOOST_TEST(run_text(*this, "quit\nlog debug\n") == 0);
  BOOST_TEST(node.calls.empty());
}

BOOST_AUTO_TEST_CASE(ends_at_ctrl_c) {
  stop.raise();

  BOOST_TEST(run_text(*this, "status\n") == 130);
  BOOST_TEST(node.calls.empty());
}

BOOST_AUTO_TEST_CASE(of_the_command_line_numbers_its_commands) {
  const test::captured_errors captured;

  BOOST_TEST(run_commands(session, {"status", "nonsense", "log debug"}) == 2);

  BOOST_TEST(captured.text()
             == "trivium: command 2: unknown command \"nonsense\"; see help\n");
}

BOOST_AUTO_TEST_SUITE_END()

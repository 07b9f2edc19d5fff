#include "tools/trivium/repl/history_file.hpp"

#include "tests/support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <fstream>
#include <sys/stat.h>

using namespace trivium;
using namespace trivium::tools::repl;

namespace {

std::string newest(const line_history& lines) {
  HistEvent event{};
  return ::history(lines.handle(), &event, H_FIRST) < 0 ? "" : event.str;
}

mode_t mode_of(const std::filesystem::path& file) {
  struct stat seen {};
  BOOST_REQUIRE(::stat(file.c_str(), &seen) == 0);
  return seen.st_mode & 07777;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_history_of_lines, test::temporary_folder)

BOOST_AUTO_TEST_CASE(is_there_again_the_next_time) {
  const auto file = path() / "state" / "trivium" / "repl_history";
  line_history{file}.add("promote 'größer':1.0.0");

  BOOST_TEST(newest(line_history{file}) == "promote 'größer':1.0.0");
}

BOOST_AUTO_TEST_CASE(is_read_by_its_owner_alone) {
  const auto file = path() / "repl_history";
  std::ofstream{file} << "_HiStOrY_V2_\n";
  ::chmod(file.c_str(), 0644);

  line_history{file}.add("models");

  BOOST_TEST(mode_of(file) == 0600u);
}

BOOST_AUTO_TEST_CASE(leaves_out_empty_lines) {
  line_history lines{path() / "repl_history"};
  lines.add("models");
  lines.add("  ");

  BOOST_TEST(newest(lines) == "models");
}

BOOST_AUTO_TEST_CASE(works_where_nothing_can_be_written) {
  line_history lines{"/proc/none/repl_history"};
  lines.add("models");

  BOOST_TEST(newest(lines) == "models");
}

BOOST_AUTO_TEST_CASE(lies_where_xdg_says) {
  ::setenv("XDG_STATE_HOME", "/state", 1);
  BOOST_TEST(default_history_file() == "/state/trivium/repl_history");
  ::setenv("XDG_STATE_HOME", "relative", 1);
  ::setenv("HOME", "/somebody", 1);
  BOOST_TEST(default_history_file()
             == "/somebody/.local/state/trivium/repl_history");
  ::unsetenv("HOME");
  BOOST_TEST(default_history_file().empty());
}

BOOST_AUTO_TEST_SUITE_END()

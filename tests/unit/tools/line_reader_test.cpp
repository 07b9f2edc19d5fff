#include "tools/trivium/repl/line_reader.hpp"

#include "tests/support/expected_checks.hpp"
#include "tools/trivium/repl/bell.hpp"

#include <array>
#include <unistd.h>

using namespace trivium;
using namespace trivium::tools::repl;
using test::must;

namespace {

/// A pipe that holds what was written.
struct written {
  explicit written(std::string_view text) {
    BOOST_REQUIRE(::pipe(ends.data()) == 0);
    BOOST_REQUIRE(::write(ends[1], text.data(), text.size())
                  == static_cast<ssize_t>(text.size()));
  }
  ~written() {
    ::close(ends[0]);
    end();
  }
  void end() {
    if (ends[1] >= 0)
      ::close(std::exchange(ends[1], -1));
  }

  std::array<int, 2> ends{};
};

} // namespace

BOOST_AUTO_TEST_SUITE(reading_lines)

BOOST_AUTO_TEST_CASE(gives_each_without_its_end_then_nothing) {
  written input{"models\r\n\nstatus"};
  input.end();
  bell stop;
  line_reader lines{input.ends[0], stop.fd()};

  BOOST_TEST(must(lines.next()).value() == "models");
  BOOST_TEST(must(lines.next()).value() == "");
  BOOST_TEST(must(lines.next()).value() == "status");
  BOOST_TEST(!must(lines.next()).has_value());
}

BOOST_AUTO_TEST_CASE(ends_when_somebody_rings) {
  const written input{"half a li"};
  bell stop;
  stop.ring();
  line_reader lines{input.ends[0], stop.fd()};

  BOOST_TEST(test::code(lines.next()) == ec::cancelled);
}

BOOST_AUTO_TEST_CASE(refuses_a_line_without_an_end) {
  const std::string endless(line_reader::limit + 1, 'x');
  char path[] = "/tmp/trivium-lines-XXXXXX";
  const auto fd = ::mkstemp(path);
  ::unlink(path);
  BOOST_REQUIRE(::write(fd, endless.data(), endless.size())
                == static_cast<ssize_t>(endless.size()));
  BOOST_REQUIRE(::lseek(fd, 0, SEEK_SET) == 0);
  bell stop;
  line_reader lines{fd, stop.fd()};

  BOOST_TEST(test::code(lines.next()) == ec::resource_exhausted);
  ::close(fd);
}

BOOST_AUTO_TEST_SUITE_END()

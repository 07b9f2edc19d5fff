#include "tools/trivium/repl/script.hpp"

#include "tools/trivium/repl/run_line.hpp"
#include "tools/trivium/terminal.hpp"

#include <csignal>
#include <cstdio>

namespace trivium::tools::repl {

namespace {

constexpr int interrupted = 128 + SIGINT;

int run_one(session& s, const std::string& line) {
  const auto code = run_line(s, line);
  for (const auto& news : s.link.news())
    std::fprintf(stderr, "%s\n", news.c_str());
  return s.stop.is_raised() ? interrupted : code;
}

} // namespace

int run_script(session& s, line_reader& lines) {
  for (size_t number = 1; !s.leaves; ++number) {
    s.place = "line " + std::to_string(number);
    const auto line = lines.next();
    if (s.stop.is_raised())
      return interrupted;
    if (!line)
      return report_error(
        {line.error().code, s.place + ": " + line.error().text}, s.always_json);
    if (!*line)
      break;
    if (const auto code = run_one(s, **line); code != 0)
      return code;
  }
  return 0;
}

int run_commands(session& s, const std::vector<std::string>& given) {
  for (size_t i = 0; i < given.size() && !s.leaves; ++i) {
    if (given.size() > 1)
      s.place = "command " + std::to_string(i + 1);
    if (const auto code = run_one(s, given[i]); code != 0)
      return code;
  }
  return 0;
}

} // namespace trivium::tools::repl

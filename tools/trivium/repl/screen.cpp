#include "tools/trivium/repl/screen.hpp"

#include "tools/trivium/terminal.hpp"

#include <array>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <sys/ioctl.h>
#include <unistd.h>
#include <utility>

namespace trivium::tools::repl {

namespace {

bool wants_colours() {
  const auto* const terminal = std::getenv("TERM");
  return std::getenv("NO_COLOR") == nullptr && terminal != nullptr
         && std::string_view{terminal} != "dumb";
}

std::string some(int64_t count, std::string_view unit) {
  return std::to_string(count) + " " + std::string{unit} + " ago";
}

} // namespace

screen current_screen() {
  screen seen;
  seen.now = std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
               .count();
  if (::isatty(STDOUT_FILENO) != 1)
    return seen;
  winsize size{};
  const auto is_known =
    ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  seen.width = is_known ? size.ws_col : 80;
  seen.height = is_known && size.ws_row > 0 ? size.ws_row : 24;
  seen.is_coloured = wants_colours();
  return seen;
}

std::string painted(std::string_view text, tint colour, const screen& on) {
  constexpr std::array<std::string_view, 6> codes{"",   "1",  "32",
                                                  "33", "31", "2"};
  if (!on.is_coloured || colour == tint::none || text.empty())
    return std::string{text};
  return "\x1b[" + std::string{codes.at(static_cast<size_t>(colour))} + "m"
         + std::string{text} + "\x1b[0m";
}

tint tint_of(std::string_view state) {
  constexpr std::array<std::pair<std::string_view, tint>, 18> known{{
    {"Verified", tint::good},
    {"Deployed", tint::good},
    {"Ready", tint::good},
    {"Failed", tint::bad},
    {"Retired", tint::faint},
    {"Quantizing", tint::busy},
    {"Verifying", tint::busy},
    {"Training", tint::busy},
    {"done", tint::good},
    {"failed", tint::bad},
    {"interrupted", tint::bad},
    {"running", tint::busy},
    {"queued", tint::faint},
    {"parked", tint::faint},
    {"cancelled", tint::faint},
    {"busy", tint::busy},
    {"restarting", tint::bad},
    {"hangs", tint::bad},
  }};
  for (const auto& [name, colour] : known)
    if (name == state)
      return colour;
  return tint::none;
}

std::string local_time(unix_ms at) {
  if (at == 0)
    return "–";
  const auto seconds = static_cast<std::time_t>(at / 1000);
  std::tm parts{};
  std::array<char, 32> text{};
  if (::localtime_r(&seconds, &parts) == nullptr
      || std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S", &parts)
           == 0)
    return "–";
  return text.data();
}

std::string age(unix_ms at, unix_ms now) {
  if (at == 0)
    return "–";
  const auto seconds = (now - at) / 1000;
  if (seconds < 10) // clocks of two processes may differ a little
    return "just now";
  if (seconds < 60)
    return some(seconds, "s");
  if (seconds < 3600)
    return some(seconds / 60, "min");
  if (seconds < 2 * 24 * 3600)
    return some(seconds / 3600, "h");
  return some(seconds / (24 * 3600), "days");
}

std::string shortened(std::string_view text, size_t width) {
  if (display_width(text) <= width)
    return std::string{text};
  if (width == 0)
    return {};
  size_t columns = 0;
  size_t end = 0;
  while (end < text.size()) {
    const auto is_start =
      (static_cast<unsigned char>(text[end]) & 0xc0) != 0x80;
    if (is_start && ++columns == width)
      break;
    ++end;
  }
  return std::string{text.substr(0, end)} + "…";
}

} // namespace trivium::tools::repl

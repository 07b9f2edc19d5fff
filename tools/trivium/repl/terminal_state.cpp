#include "tools/trivium/repl/terminal_state.hpp"

#include <atomic>
#include <string_view>
#include <termios.h>
#include <unistd.h>

namespace trivium::tools::repl {

namespace {

termios remembered{};
std::atomic<bool> is_remembered{false};
std::atomic<bool> is_full_screen{false};

void send(std::string_view codes) {
  [[maybe_unused]] const auto done =
    ::write(STDOUT_FILENO, codes.data(), codes.size());
}

} // namespace

void remember_terminal() {
  if (::tcgetattr(STDIN_FILENO, &remembered) == 0)
    is_remembered = true;
}

void restore_terminal() {
  if (is_full_screen.exchange(false))
    send("\x1b[?25h\x1b[?1049l"); // show the cursor, leave the second screen
  if (is_remembered)
    ::tcsetattr(STDIN_FILENO, TCSADRAIN, &remembered);
}

full_screen::full_screen() {
  remember_terminal();
  auto keys = remembered;
  keys.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
  keys.c_cc[VMIN] = 1;
  keys.c_cc[VTIME] = 0;
  ::tcsetattr(STDIN_FILENO, TCSADRAIN, &keys);
  is_full_screen = true;
  send("\x1b[?1049h\x1b[?25l");
}

full_screen::~full_screen() { restore_terminal(); }

} // namespace trivium::tools::repl

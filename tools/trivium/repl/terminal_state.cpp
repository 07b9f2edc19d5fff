#include "tools/trivium/repl/terminal_state.hpp"

#include <atomic>
#include <csignal>
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

/// Also from the background, where it would stop this process.
void set_terminal(const termios& wanted) {
  sigset_t background;
  sigset_t before;
  sigemptyset(&background);
  sigaddset(&background, SIGTTOU);
  ::pthread_sigmask(SIG_BLOCK, &background, &before);
  if (::tcgetpgrp(STDIN_FILENO) == ::getpgrp())
    ::tcsetattr(STDIN_FILENO, TCSADRAIN, &wanted);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
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
    set_terminal(remembered);
}

full_screen::full_screen() {
  remember_terminal();
  auto keys = remembered;
  keys.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
  keys.c_cc[VMIN] = 1;
  keys.c_cc[VTIME] = 0;
  set_terminal(keys);
  is_full_screen = true;
  send("\x1b[?1049h\x1b[?25l");
}

full_screen::~full_screen() { restore_terminal(); }

} // namespace trivium::tools::repl

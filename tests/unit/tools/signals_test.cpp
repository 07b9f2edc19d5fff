#include "tools/trivium/signals.hpp"

#include "tools/trivium/repl/bell.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <functional>
#include <sys/wait.h>
#include <unistd.h>

using namespace trivium;
using namespace trivium::tools;
using repl::bell;
using repl::wait_readable;

namespace {

constexpr std::chrono::seconds long_enough{20};

/// Exit code of a process of its own that runs `body` with signals blocked.
int exit_code_of(const std::function<int()>& body) {
  const auto child = ::fork();
  if (child == 0) {
    block_stop_signals();
    ::_exit(body());
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

} // namespace

BOOST_AUTO_TEST_SUITE(signals_of_a_console)

BOOST_AUTO_TEST_CASE(call_back_at_ctrl_c_each_time_and_go_on) {
  BOOST_TEST(exit_code_of([] {
               const cancel_token cancel;
               bell rung;
               cancel_on_signal(cancel);
               on_signals({[&] { rung.ring(); }, [] {}});
               for (int i = 0; i < 3; ++i) {
                 ::kill(::getpid(), SIGINT);
                 if (!wait_readable({rung.fd()}, long_enough))
                   return 1;
                 rung.quiet();
               }
               return cancel.is_cancelled() || stop_signal() != 0 ? 2 : 0;
             })
             == 0);
}

BOOST_AUTO_TEST_CASE(end_it_at_once_at_sigterm_after_giving_all_back) {
  BOOST_TEST(
    exit_code_of([] {
      bell never;
      cancel_on_signal({});
      on_signals({[] {}, [] { ::_exit(7); }}); // proves that it was called
      ::kill(::getpid(), SIGTERM);
      wait_readable({never.fd()}, long_enough);
      return 1;
    })
    == 7);
  BOOST_TEST(exit_code_of([] {
               bell never;
               cancel_on_signal({});
               on_signals({[] {}, [] {}});
               ::kill(::getpid(), SIGTERM);
               wait_readable({never.fd()}, long_enough);
               return 1;
             })
             == 143);
}

BOOST_AUTO_TEST_CASE(cancel_again_when_the_console_has_gone) {
  BOOST_TEST(exit_code_of([] {
               const cancel_token cancel;
               bell never;
               cancel_on_signal(cancel);
               on_signals({[] {}, [] {}});
               on_signals({});
               ::kill(::getpid(), SIGINT);
               wait_readable({never.fd()}, long_enough);
               return 1;
             })
             == 130);
}

BOOST_AUTO_TEST_SUITE_END()

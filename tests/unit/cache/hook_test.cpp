#include "actors/cache/hook.hpp"
#include "tests/support/expected_checks.hpp"
#include "tests/support/small_files.hpp"
#include "tests/support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <fcntl.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

using namespace trivium;
using namespace trivium::test;
using namespace std::chrono_literals;
using actors::hook;
using actors::run_hook;

namespace {

struct hook_fixture {
  temporary_folder folder;

  std::string path(const std::string& name) const { return folder / name; }
};

/// Until that process runs no more; who reaps it is not our affair.
void await_end_of(const std::string& pid) {
  std::string state;
  do {
    const auto status = content("/proc/" + pid + "/stat");
    state = status.empty() ? status : status.substr(status.rfind(')') + 1, 2);
  } while (!state.empty() && state != " Z");
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_hook, hook_fixture)

BOOST_AUTO_TEST_CASE(runs_in_a_shell_with_its_variables_over_ours) {
  ::setenv("TRIVIUM_HOOK_OURS", "ours", 1);
  ::setenv("TRIVIUM_HOOK_BOTH", "ours", 1);

  must(run_hook(
    {"printf %s \"$TRIVIUM_HOOK_OURS $TRIVIUM_HOOK_BOTH\" > " + path("said"),
     {{"TRIVIUM_HOOK_BOTH", "a 'b'\n$c"}}},
    {}));

  BOOST_TEST(content(path("said")) == "ours a 'b'\n$c");
}

BOOST_AUTO_TEST_CASE(has_no_input_and_no_descriptor_of_ours) {
  const int inherited = ::open("/dev/null", O_RDONLY); // not close-on-exec
  must(run_hook(
    {"cat > " + path("input") + "; ls /proc/self/fd > " + path("open")}, {}));
  ::close(inherited);

  BOOST_TEST(content(path("input")) == "");
  BOOST_TEST(content(path("open")) == "0\n1\n2\n3\n"); // 3: ls reads the folder
}

BOOST_AUTO_TEST_CASE(can_be_stopped_where_we_block_and_ignore_signals) {
  std::signal(SIGPIPE, SIG_IGN);
  sigset_t blocked;
  sigset_t before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &blocked, &before);
  const auto by_term = run_hook({"kill -TERM $$; sleep 60"}, {});
  const auto by_pipe = run_hook({"kill -PIPE $$; sleep 60"}, {});
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);

  BOOST_TEST(text(by_term) == "the hook was ended by signal 15");
  BOOST_TEST(text(by_pipe) == "the hook was ended by signal 13");
}

BOOST_AUTO_TEST_CASE(that_fails_says_with_what) {
  const auto ended = run_hook({"exit 3"}, {});

  BOOST_TEST(code(ended) == ec::failed_precondition);
  BOOST_TEST(text(ended) == "the hook ended with exit status 3");
}

BOOST_AUTO_TEST_CASE(beyond_its_limit_is_stopped_with_its_children) {
  const auto ended = run_hook(
    {"sleep 1000 & echo $! > " + path("child") + "; wait", {}, 200ms}, {});

  BOOST_TEST(code(ended) == ec::deadline_exceeded);
  BOOST_TEST(text(ended) == "the hook took longer than 200 ms and was stopped");
  auto child = content(path("child"));
  child.pop_back();
  await_end_of(child);
}

BOOST_AUTO_TEST_CASE(that_does_not_heed_sigterm_is_killed) {
  BOOST_TEST(
    code(run_hook({"trap '' TERM; while :; do sleep 1; done", {}, 1ms}, {}))
    == ec::deadline_exceeded);
}

BOOST_AUTO_TEST_CASE(ends_with_us) {
  const cancel_token cancel;
  const auto fifo = path("begun");
  BOOST_TEST_REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
  std::thread stopping{[&] {
    static_cast<void>(content(fifo)); // the hook runs
    cancel.cancel();
  }};

  const auto ended = run_hook({"echo > " + fifo + "; sleep 1000"}, cancel);
  stopping.join();

  BOOST_TEST(code(ended) == ec::cancelled);
}

BOOST_AUTO_TEST_CASE(leaves_what_it_started_alone_when_it_ends_well) {
  const auto fifo = path("fifo");
  BOOST_TEST_REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);

  must(run_hook({"{ echo alive > " + fifo + "; } &"}, {}));

  BOOST_TEST(content(fifo) == "alive\n");
}

BOOST_AUTO_TEST_SUITE_END()

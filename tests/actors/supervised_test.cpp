#include "actors/observability/enlist.hpp"
#include "actors/supervision/supervised.hpp"
#include "tests/support/deterministic_actors.hpp"
#include "tests/support/expected_checks.hpp"

#include <algorithm>
#include <stdexcept>

using namespace trivium;
using namespace trivium::test;
using namespace trivium::actors;
using namespace std::chrono_literals;

namespace {

/// Answers with what it was asked; "crash" ends it.
caf::behavior echo(caf::event_based_actor* self) {
  enlist(self);
  return {[self](const std::string& what) -> caf::result<std::string> {
    if (what != "crash")
      return what;
    self->quit(to_caf({ec::internal, "told to crash"}));
    return to_caf({ec::internal, "crashing"});
  }};
}

struct supervised_fixture : deterministic_actors {
  supervised_fixture() {
    spec.name = "echo";
    spec.start = [this](caf::event_based_actor* parent) {
      ++starts;
      if (starts <= bad_starts)
        throw std::runtime_error{"no luck"};
      child = parent->spawn(echo);
      return child;
    };
  }

  void begin() {
    front = keep(system.spawn(supervised, spec));
    schedule().run();
  }

  expected<std::string> say(const std::string& what) {
    return ask<std::string>(front, what);
  }

  void crash() {
    BOOST_TEST(code(say("crash")) == ec::internal);
    schedule().run();
  }

  void pass(std::chrono::milliseconds time) {
    schedule().advance_time(time);
    schedule().run();
  }

  /// Virtual time until it answers again, to a millisecond.
  std::chrono::milliseconds absence() {
    auto time = 0ms;
    for (; code(say("there?")) == ec::unavailable && time < 10min; ++time)
      pass(1ms);
    return time;
  }

  actor_status entry() {
    const auto all = directory_of(system).all();
    const auto found =
      std::find_if(all.begin(), all.end(), [&](const auto& one) {
        return one.status.id == front.id();
      });
    return found == all.end() ? actor_status{} : found->status;
  }

  child_spec spec;
  int starts = 0;
  int bad_starts = 0;
  caf::actor child;
  caf::actor front;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_supervised_actor, supervised_fixture)

BOOST_AUTO_TEST_CASE(is_asked_through_its_supervisor) {
  begin();

  BOOST_TEST(must(say("hello")) == "hello");
}

BOOST_AUTO_TEST_CASE(is_absent_with_a_reason_until_it_is_started_again) {
  begin();
  crash();

  BOOST_TEST((seen_error(say("hello"))
              == error{ec::unavailable, "echo is being restarted"}));
  pass(spec.first_delay);
  BOOST_TEST(must(say("hello")) == "hello");
}

BOOST_AUTO_TEST_CASE(is_started_after_delays_that_double_up_to_a_limit) {
  spec.first_delay = 100ms;
  spec.longest_delay = 500ms;
  begin();
  std::vector<int64_t> delays;
  for (int i = 0; i < 5; ++i) {
    crash();
    delays.push_back(absence().count());
  }

  const std::vector<int64_t> wanted{100, 200, 400, 500, 500};
  BOOST_TEST(delays == wanted, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(that_was_steady_begins_with_the_first_delay_again) {
  begin();
  crash();
  absence();
  crash();
  absence();
  pass(spec.steady_after + 1ms);
  crash();

  BOOST_TEST(absence().count() == spec.first_delay.count());
}

BOOST_AUTO_TEST_CASE(is_counted_in_the_directory_with_the_last_reason) {
  begin();
  crash();
  const auto away = entry();
  pass(spec.first_delay);
  const auto back = entry();

  BOOST_TEST(away.state == "restarting");
  BOOST_TEST(back.state == "running");
  BOOST_TEST(back.restarts == 1u);
  BOOST_TEST(back.last_failure == "told to crash");
  BOOST_TEST(back.name == "echo");
  BOOST_TEST(directory_of(system).restarts() == 1u);
}

BOOST_AUTO_TEST_CASE(that_is_killed_does_not_take_its_supervisor_along) {
  begin();
  self->send_exit(child, caf::exit_reason::kill);
  schedule().run();
  pass(spec.first_delay);

  BOOST_TEST(must(say("hello")) == "hello");
  BOOST_TEST(starts == 2);
}

BOOST_AUTO_TEST_CASE(whose_start_throws_is_started_again_later) {
  bad_starts = 2;
  begin();
  const auto first = entry();

  BOOST_TEST(first.state == "restarting");
  BOOST_TEST(first.restarts == 1u);
  BOOST_TEST(first.last_failure == "unexpected: no luck");
  BOOST_TEST(absence().count()
             == (spec.first_delay + 2 * spec.first_delay).count());
  BOOST_TEST(starts == 3);
}

BOOST_AUTO_TEST_CASE(ends_before_its_supervisor) {
  begin();
  std::string order;
  child->attach_functor([&](const caf::error&) { order += "child "; });
  front->attach_functor([&](const caf::error&) { order += "supervisor "; });
  self->send_exit(front, caf::exit_reason::user_shutdown);
  schedule().run();

  BOOST_TEST(order == "child supervisor ");
  BOOST_TEST(starts == 1);
}

BOOST_AUTO_TEST_CASE(that_is_absent_keeps_nobody_from_stopping) {
  begin();
  crash();
  bool has_ended = false;
  front->attach_functor([&](const caf::error&) { has_ended = true; });
  self->send_exit(front, caf::exit_reason::user_shutdown);
  schedule().run();
  pass(spec.longest_delay);

  BOOST_TEST(has_ended);
  BOOST_TEST(starts == 1);
}

BOOST_AUTO_TEST_CASE(says_how_much_waits_for_it_even_while_absent) {
  begin();
  crash();

  BOOST_TEST(must(ask<uint64_t>(front, op::probe_v)) == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

#include "actors/observability/enlist.hpp"
#include "actors/scheduling/scheduler.hpp"
#include "tests/support/deterministic_actors.hpp"
#include "tests/support/expected_checks.hpp"

using namespace trivium;
using namespace trivium::test;
using namespace trivium::actors;
using namespace std::chrono_literals;

namespace {

struct mortal_lane_state {
  static inline constexpr const char* name = "mortal_lane";
  std::vector<uint64_t> tiles; ///< Numbers, as they came.
  std::vector<caf::typed_response_promise<tile_result_ptr>> promises;
};

/// A lane that keeps its tiles until it is told "let the oldest go".
using mortal_lane_actor = lane_actor::extend<caf::reacts_to<op::flush>>;
using mortal_lane_pointer =
  mortal_lane_actor::stateful_pointer<mortal_lane_state>;

mortal_lane_actor::behavior_type mortal_lane(mortal_lane_pointer self) {
  enlist(self);
  return {
    [self](const envelope&,
           const tile_ptr& tile) -> caf::result<tile_result_ptr> {
      self->state.tiles.push_back(tile->number);
      self->state.promises.push_back(
        self->make_response_promise<tile_result_ptr>());
      return self->state.promises.back();
    },
    [self](op::flush) {
      auto promise = self->state.promises.front();
      self->state.promises.erase(self->state.promises.begin());
      promise.deliver(tile_result_ptr{std::make_shared<tile_result>()});
    },
  };
}

struct lanes_fixture : deterministic_actors {
  void begin(uint32_t count) {
    lane_set wanted;
    wanted.device = "mortal";
    wanted.count = count;
    wanted.spawn = [this](caf::local_actor* parent) {
      lanes.push_back(parent->spawn(mortal_lane));
      return caf::actor_cast<lane_actor>(lanes.back());
    };
    wanted.hangs_after = 30s;
    wanted.given_up_after = 10min;
    queue = keep(system.spawn(actors::scheduler, wanted));
    schedule().run();
  }

  auto submit(uint64_t number, int priority = 0) {
    auto tile = std::make_shared<tile_work>();
    tile->number = number;
    tile->tensor_name = "w";
    tile->priority = priority;
    auto request =
      self->request(queue, caf::infinite, envelope{}, tile_ptr{tile});
    schedule().run();
    return request;
  }

  /// What a request got; it must have been answered.
  template <class Request>
  error end_of(Request& request) {
    error seen{ec::internal, "not answered"};
    request.receive(
      [&](const tile_result_ptr&) {
        seen = {ec::none, {}};
      },
      [&](caf::error& e) { seen = from_caf(e); });
    return seen;
  }

  mortal_lane_state& state(size_t lane) {
    return caf::actor_cast<mortal_lane_pointer>(lanes.at(lane))->state;
  }

  void finish(size_t lane) {
    self->send(lanes.at(lane), op::flush_v);
    schedule().run();
  }

  void kill(size_t lane) {
    self->send_exit(lanes.at(lane), caf::exit_reason::kill);
    schedule().run();
  }

  void pass(std::chrono::milliseconds time) {
    for (auto left = time; left > 0ms; left -= 1s) {
      schedule().advance_time(std::min<std::chrono::milliseconds>(left, 1s));
      schedule().run();
    }
  }

  lane_status shown(size_t lane) {
    return must(ask<std::vector<lane_status>>(queue, envelope{}, list_lanes{}))
      .at(lane);
  }

  std::vector<mortal_lane_actor> lanes; ///< As they were born.
  scheduler_actor queue;
};

const error none{ec::none, {}};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_lane_that_dies, lanes_fixture)

BOOST_AUTO_TEST_CASE(is_replaced_and_its_tiles_are_answered_all_the_same) {
  begin(1);
  auto first = submit(0);
  auto second = submit(1);
  kill(0);
  finish(1);
  finish(1);

  BOOST_TEST(end_of(first) == none);
  BOOST_TEST(end_of(second) == none);
  BOOST_TEST(lanes.size() == 2u);
}

BOOST_AUTO_TEST_CASE(leaves_its_tiles_to_the_others_in_their_order) {
  begin(2);
  std::vector<decltype(submit(0))> asked;
  for (uint64_t number = 0; number < 4; ++number)
    asked.push_back(submit(number)); // 0 and 2 to the first lane
  for (int i = 0; i < 2; ++i)
    finish(1);
  kill(0);

  const std::vector<uint64_t> taken{1, 3, 2};
  BOOST_TEST(state(1).tiles == taken, boost::test_tools::per_element());
  const std::vector<uint64_t> replaced{0};
  BOOST_TEST(state(2).tiles == replaced, boost::test_tools::per_element());
  finish(1);
  finish(2);
  for (auto& one : asked)
    BOOST_TEST(end_of(one) == none);
}

BOOST_AUTO_TEST_CASE(twice_by_the_same_tile_fails_that_tile_alone) {
  begin(1);
  auto deadly = submit(7, -1);
  auto innocent = submit(8);
  kill(0);
  kill(1);
  finish(2);

  BOOST_TEST((end_of(deadly)
              == error{ec::unavailable, "tile 7 of \"w\" ended 2 lanes"}));
  BOOST_TEST(end_of(innocent) == none);
}

BOOST_AUTO_TEST_CASE(is_counted_no_longer_as_busy) {
  begin(1);
  auto tile = submit(0);
  kill(0);
  finish(1);

  BOOST_TEST(!shown(0).is_busy);
  BOOST_TEST(shown(0).tiles_done == 1u);
  BOOST_TEST(end_of(tile) == none);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_lane_that_hangs, lanes_fixture)

BOOST_AUTO_TEST_CASE(is_shown_with_its_tile_after_a_while) {
  begin(1);
  auto tile = submit(5);
  pass(29s);
  const auto before = shown(0);
  pass(1s);
  const auto after = shown(0);

  BOOST_TEST(before.is_busy);
  BOOST_TEST(!before.hangs);
  BOOST_TEST(after.hangs);
  BOOST_TEST(after.tensor == "w");
  BOOST_TEST(after.tile == 5u);
  BOOST_TEST(after.seconds_on_tile >= 30);
  finish(0);
  BOOST_TEST(end_of(tile) == none);
  BOOST_TEST(!shown(0).hangs);
}

BOOST_AUTO_TEST_CASE(is_given_up_at_last_and_what_waited_for_it_goes_on) {
  begin(1);
  auto stuck = submit(5);
  auto behind = submit(6);
  pass(10min);
  finish(1);

  BOOST_TEST(
    (end_of(stuck)
     == error{ec::deadline_exceeded, "lane 1 hangs on tile 5 of \"w\""}));
  BOOST_TEST(end_of(behind) == none);
  BOOST_TEST(lanes.size() == 2u);
}

BOOST_AUTO_TEST_CASE(is_no_fault_of_what_waited_behind) {
  begin(1);
  auto first = submit(5, -1);
  auto behind = submit(6);
  pass(10min);
  kill(1);
  finish(2);

  BOOST_TEST(end_of(first).code == ec::deadline_exceeded);
  BOOST_TEST(end_of(behind) == none);
}

BOOST_AUTO_TEST_CASE(and_answers_after_it_was_given_up_is_not_heard) {
  begin(1);
  auto stuck = submit(5);
  const auto late = lanes.at(0);
  pass(10min);
  self->send(late, op::flush_v);
  schedule().run();

  BOOST_TEST(end_of(stuck).code == ec::deadline_exceeded);
  BOOST_TEST(shown(0).tiles_done == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_scheduler_that_dies, lanes_fixture)

BOOST_AUTO_TEST_CASE(answers_whoever_waits) {
  begin(1);
  auto computed = submit(0);
  auto at_the_lane = submit(1);
  auto queued = submit(2);
  self->send_exit(queue, caf::exit_reason::kill);
  schedule().run();

  const error stops{ec::unavailable, "the scheduler stops"};
  BOOST_TEST(end_of(computed) == stops);
  BOOST_TEST(end_of(at_the_lane) == stops);
  BOOST_TEST(end_of(queued) == stops);
}

BOOST_AUTO_TEST_CASE(takes_its_lanes_along) {
  begin(2);
  auto tile = submit(0);
  size_t ended = 0;
  for (const auto& lane : lanes)
    lane->attach_functor([&](const caf::error&) { ++ended; });
  self->send_exit(queue, caf::exit_reason::kill);
  schedule().run();

  BOOST_TEST(ended == 2u);
  BOOST_TEST(end_of(tile).code == ec::unavailable);
}

BOOST_AUTO_TEST_SUITE_END()

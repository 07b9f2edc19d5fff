#include "actors/scheduling/scheduler.hpp"
#include "tests/support/deterministic_actors.hpp"
#include "tests/support/expected_checks.hpp"

using namespace trivium;
using namespace trivium::test;
using namespace trivium::actors;

namespace {

/// A lane that keeps its tiles until the test lets them go.
struct held_lane_state {
  static inline constexpr const char* name = "held_lane";
  std::vector<uint64_t> order; ///< Numbers of the tiles as they came.
  std::vector<caf::typed_response_promise<tile_result_ptr>> promises;
};

/// A lane that also takes "let the oldest tile go".
using held_lane_actor = lane_actor::extend<caf::reacts_to<op::flush>>;

held_lane_actor::behavior_type
held_lane(held_lane_actor::stateful_pointer<held_lane_state> self) {
  return {
    [self](const envelope&,
           const tile_ptr& tile) -> caf::result<tile_result_ptr> {
      self->state.order.push_back(tile->number);
      auto promise = self->make_response_promise<tile_result_ptr>();
      self->state.promises.push_back(promise);
      return promise;
    },
    [self](op::flush) {
      auto& promises = self->state.promises;
      auto promise = promises.front();
      promises.erase(promises.begin());
      promise.deliver(tile_result_ptr{std::make_shared<tile_result>()});
    },
  };
}

struct scheduler_fixture : deterministic_actors {
  scheduler_fixture() {
    queue = keep(system.spawn(
      actors::scheduler,
      lane_set{"held", 1,
               [this](caf::local_actor*) {
                 lane = keep(system.spawn(held_lane));
                 return caf::actor_cast<lane_actor>(lane);
               },
               std::chrono::seconds{30}, std::chrono::minutes{10}}));
    schedule().run();
  }

  held_lane_state& state() {
    return caf::actor_cast<held_lane_actor::stateful_pointer<held_lane_state>>(
             lane)
      ->state;
  }

  void submit(uint64_t number, int priority = 0, unsigned bits = 8) {
    auto tile = std::make_shared<tile_work>();
    tile->number = number;
    tile->priority = priority;
    tile->bits = bits;
    self->send(queue, from, tile_ptr{tile});
    schedule().run();
  }

  void finish_oldest() {
    self->send(lane, op::flush_v);
    schedule().run();
  }

  held_lane_actor lane;
  scheduler_actor queue;
  envelope from;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(the_run_queue, scheduler_fixture)

BOOST_AUTO_TEST_CASE(gives_a_lane_no_more_than_its_credit) {
  for (uint64_t i = 0; i < 5; ++i)
    submit(i);

  BOOST_TEST(state().order.size() == scheduler_state::credit);
}

BOOST_AUTO_TEST_CASE(prefers_urgent_then_narrow_then_old) {
  submit(0);
  submit(1); // both at the lane: what follows waits
  submit(2, 5);
  submit(3, 0, 8);
  submit(4, 0, 4);
  submit(5, 0, 4);
  submit(6, -1, 32);
  while (!state().promises.empty())
    finish_oldest();

  const std::vector<uint64_t> wanted{0, 1, 6, 4, 5, 3, 2};
  BOOST_TEST(state().order == wanted, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(answers_a_cancelled_tile_without_a_lane) {
  submit(0);
  submit(1);
  envelope stopped;
  auto request = self->request(queue, caf::infinite, stopped,
                               tile_ptr{std::make_shared<tile_work>()});
  schedule().run();
  stopped.cancel.cancel();
  finish_oldest();
  ec seen = ec::none;
  request.receive([](const tile_result_ptr&) {},
                  [&](caf::error& e) { seen = from_caf(e).code; });

  BOOST_TEST(seen == ec::cancelled);
}

BOOST_AUTO_TEST_CASE(answers_what_waits_when_it_stops) {
  submit(0);
  submit(1);
  auto request = self->request(queue, caf::infinite, from,
                               tile_ptr{std::make_shared<tile_work>()});
  schedule().run();
  self->send_exit(queue, caf::exit_reason::user_shutdown);
  schedule().run();
  ec seen = ec::none;
  request.receive([](const tile_result_ptr&) {},
                  [&](caf::error& e) { seen = from_caf(e).code; });

  BOOST_TEST(seen == ec::unavailable);
}

BOOST_AUTO_TEST_SUITE_END()

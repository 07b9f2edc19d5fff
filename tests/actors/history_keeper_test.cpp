#include "actors/registry/history_keeper.hpp"
#include "tests/actors/memory_store.hpp"
#include "tests/support/deterministic_actors.hpp"
#include "tests/support/expected_checks.hpp"

using namespace trivium;
using namespace trivium::test;
using namespace trivium::actors;

namespace {

struct keeper_fixture : deterministic_actors {
  keeper_fixture() {
    for (const auto* value : {"1", "2"}) {
      const transaction one{{}, {put{"a", value}}, {}};
      must(store->commit({&one, 1}));
    }
    const auto writer =
      keep(system.spawn(metadata_writer, store, event_bus_actor{}));
    keep(system.spawn(history_keeper, writer, std::chrono::hours{1}));
    schedule().run();
  }

  template <class Duration>
  void pass(Duration time) {
    schedule().advance_time(time);
    schedule().run();
  }

  std::shared_ptr<memory_store> store = std::make_shared<memory_store>();
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(the_keeper_of_history, keeper_fixture)

BOOST_AUTO_TEST_CASE(lets_a_node_start_first) {
  pass(std::chrono::seconds{59});

  BOOST_TEST(store->steps == 0);
}

BOOST_AUTO_TEST_CASE(goes_on_until_all_is_forgotten) {
  pass(history_keeper_state::first_look);

  BOOST_TEST(store->steps == 3);
  BOOST_TEST(store->forgotten == 2u);
}

BOOST_AUTO_TEST_CASE(looks_again_every_hour_whatever_happened) {
  store->failure = {ec::resource_exhausted, "the disk is full"};
  pass(history_keeper_state::first_look);
  store->failure = {ec::none, {}};
  BOOST_TEST(store->steps == 0);
  pass(history_keeper_state::every);
  BOOST_TEST(store->steps == 3);
  pass(history_keeper_state::every);

  BOOST_TEST(store->steps == 6);
}

BOOST_AUTO_TEST_SUITE_END()

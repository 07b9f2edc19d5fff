#include "messages/values/keys.hpp"
#include "tests/unit/metadata/store_fixture.hpp"

using namespace trivium;
using namespace trivium::test;

namespace {

struct compaction_fixture : store_fixture {
  void compact(revision before) {
    while (!must(store->compact(before, 1000)))
      ;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_compaction, compaction_fixture)

BOOST_AUTO_TEST_CASE(that_ends_early_is_done_by_the_next) {
  for (const auto* value : {"1", "2", "3"})
    for (const auto* key : {"a", "b", "c"})
      set(key, value);
  BOOST_TEST(!must(store->compact(7, 2)));
  reopen();
  BOOST_TEST(code(store->get("c", 3)) == ec::compacted);
  set("a", "4");
  compact(9);

  BOOST_TEST(told(must(store->history("c"))) == "9 c=3");
}

BOOST_AUTO_TEST_CASE(that_has_only_begun_has_forgotten_every_event_before_it) {
  for (const auto* what : {"one", "two"})
    commit(
      {{}, {put{"a", what}, put{"b", what}, put{"events/", what, true}}, {}});
  BOOST_TEST(!must(store->compact(2, 2)));
  const auto gone = trivium::keys::event(1);

  BOOST_TEST(commit({{{gone, compare::what::absent}}, {}, {}}).succeeded);
  BOOST_TEST(!value(gone).has_value());
  BOOST_TEST(must(store->history(gone)).empty());
  BOOST_TEST(keys("events/") == trivium::keys::event(2));
}

BOOST_AUTO_TEST_CASE(keeps_a_key_that_is_made_again_between_its_steps) {
  set("a", "1");
  drop("a");
  set("b", "1");
  BOOST_TEST(!must(store->compact(3, 2))); // it has seen the erasing last
  set("a", "again");
  compact(3);
  set("b", "2");

  BOOST_TEST(value("a", 4).value() == "again");
  BOOST_TEST(keys("", 4) == "a b"); // from the database, not the image
}

BOOST_AUTO_TEST_SUITE_END()

#include "messages/values/keys.hpp"
#include "tests/unit/metadata/conformance/engine_fixture.hpp"

#include <random>

using namespace trivium;
using namespace trivium::test;

namespace {

const std::string alias = "models/default/m/aliases/production";

struct compaction_fixture : engine_fixture {
  /// All keys that begin with 'k', as they stand at that revision.
  std::string standing(revision at) const {
    std::string text;
    for (const auto& one : must(store->range("k", at)))
      text += one.key + "=" + one.value + " " + std::to_string(one.created)
              + "/" + std::to_string(one.version) + ", ";
    return text;
  }

  std::string history(const std::string& key) const {
    return told(must(store->history(key)));
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(compacting, compaction_fixture)

BOOST_AUTO_TEST_CASE(forgets_values_that_were_replaced) {
  for (const auto* value : {"1", "2", "3", "4"})
    set("a", value);
  compact(3);

  BOOST_TEST(history("a") == "3 a=3, 4 a=4");
  BOOST_TEST(value("a", 3).value() == "3");
  BOOST_TEST(value("a").value() == "4");
}

BOOST_AUTO_TEST_CASE(refuses_to_look_further_back) {
  set("a", "1");
  set("a", "2");
  set("b", "1");
  compact(3);

  BOOST_TEST(store->compacted() == 3u);
  BOOST_TEST(code(store->get("a", 1)) == ec::compacted);
  BOOST_TEST(text(store->range("a", 2))
             == "revision 2 is no longer kept; the oldest one is 3");
  BOOST_TEST(code(store->changes(3, 10)) == ec::compacted);
  BOOST_TEST(code(store->changes(4, 10)) == ec::none);
  BOOST_TEST(keys("", 3) == "a b");
}

BOOST_AUTO_TEST_CASE(gives_what_still_stood_since_then_at_any_revision) {
  set("a", "1");
  set("b", "1");
  compact(2);

  // It was so at revision 1 and is so now: nothing was forgotten.
  BOOST_TEST(value("a", 1).value() == "1");
}

BOOST_AUTO_TEST_CASE(forgets_keys_that_were_erased) {
  set("a", "1");
  drop("a");
  set("b", "1");
  compact(3);

  BOOST_TEST(history("a") == "");
  BOOST_TEST(!value("a").has_value());
  set("a", "again");
  BOOST_TEST(history("a") == "4 a=again");
}

BOOST_AUTO_TEST_CASE(keeps_what_a_key_became_after_it_was_erased) {
  set("a", "1");
  drop("a");
  set("b", "1");
  set("a", "2");
  compact(3);

  BOOST_TEST(history("a") == "4 a=2");
  BOOST_TEST(!value("a", 3).has_value());
  BOOST_TEST(value("a").value() == "2");
}

BOOST_AUTO_TEST_CASE(keeps_an_erasing_that_comes_later) {
  set("a", "1");
  set("b", "1");
  drop("a");
  compact(2);

  BOOST_TEST(value("a", 2).value() == "1");
  BOOST_TEST(!value("a").has_value());
}

BOOST_AUTO_TEST_CASE(keeps_the_history_of_aliases_for_ever) {
  for (const auto* value : {"1.0.0", "2.0.0", "1.0.0"})
    set(alias, value);
  set("a", "1");
  compact(4);

  BOOST_TEST(must(store->history(alias)).size() == 3u);
  BOOST_TEST(value(alias, 2).value() == "2.0.0");
  BOOST_TEST(code(store->get(alias, 9)) == ec::invalid_argument);
}

BOOST_AUTO_TEST_CASE(forgets_events) {
  const auto tell = [&](const std::string& what) {
    return commit({{}, {put{std::string{keys::events_prefix}, what, true}}, {}})
      .at;
  };
  tell("one");
  tell("two");
  tell("three");
  compact(3);

  BOOST_TEST(keys("events/") == keys::event(3));
  BOOST_TEST(code(store->get(keys::event(1))) == ec::not_found);
}

BOOST_AUTO_TEST_CASE(of_a_revision_still_to_come_is_refused) {
  set("a", "1");

  BOOST_TEST(code(store->compact(2, 10)) == ec::invalid_argument);
}

BOOST_AUTO_TEST_CASE(goes_forward_only) {
  set("a", "1");
  set("a", "2");
  compact(2);
  compact(1);

  BOOST_TEST(store->compacted() == 2u);
}

BOOST_AUTO_TEST_CASE(holds_after_closing) {
  for (const auto* value : {"1", "2", "3"})
    set("a", value);
  compact(3);
  reopen();

  BOOST_TEST(store->compacted() == 3u);
  BOOST_TEST(store->head() == 3u);
  BOOST_TEST(value("a").value() == "3");
  BOOST_TEST(code(store->get("a", 2)) == ec::compacted);
  BOOST_TEST(set("a", "4") == 4u);
}

BOOST_AUTO_TEST_CASE(changes_nothing_that_may_be_read_whatever_comes_between) {
  std::mt19937 chance{11};
  const auto some_key = [&] { return "k" + std::to_string(chance() % 12); };
  for (int round = 0; round < 60; ++round) {
    for (auto steps = chance() % 25; steps > 0; --steps)
      if (chance() % 3 == 0)
        drop(some_key());
      else
        set(some_key(), std::to_string(chance() % 1000));
    const auto head = store->head();
    if (head == 0)
      continue;
    const auto before =
      std::max<revision>(store->compacted(), 1 + chance() % head);
    std::vector<std::string> wanted;
    for (auto at = before; at <= head; ++at)
      wanted.push_back(standing(at));
    // Commits come between its steps.
    while (!must(store->compact(before, 3))) {
      if (chance() % 2 == 0)
        set(some_key(), "between");
      else
        drop(some_key());
    }
    for (auto at = before; at <= head; ++at)
      BOOST_REQUIRE(standing(at) == wanted.at(at - before));
    // What the image told of the head the database tells of the past.
    const auto last = store->head();
    const auto at_the_head = standing(last);
    set("other", "x");
    BOOST_REQUIRE(standing(last) == at_the_head);
    if (round % 10 == 0)
      reopen();
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(the_revision_of_a_time, engine_fixture)

BOOST_AUTO_TEST_CASE(is_the_last_one_by_then) {
  for (now_ms = 1000; now_ms <= 5000; now_ms += 1000)
    set("a", std::to_string(now_ms));

  BOOST_TEST(must(store->revision_at(999)) == 0u);
  BOOST_TEST(must(store->revision_at(1000)) == 1u);
  BOOST_TEST(must(store->revision_at(3999)) == 3u);
  BOOST_TEST(must(store->revision_at(99'999)) == 5u);
  compact(3);
  BOOST_TEST(must(store->revision_at(3000)) == 3u);
  BOOST_TEST(code(store->revision_at(2999)) == ec::compacted);
}

BOOST_AUTO_TEST_CASE(of_an_empty_store_is_0) {
  BOOST_TEST(must(store->revision_at(1000)) == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

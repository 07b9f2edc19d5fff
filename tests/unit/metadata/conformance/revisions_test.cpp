#include "messages/values/keys.hpp"
#include "storage/metadata/transaction_limits.hpp"
#include "tests/unit/metadata/conformance/engine_fixture.hpp"

using namespace trivium;
using namespace trivium::test;

BOOST_FIXTURE_TEST_SUITE(revisions, engine_fixture)

BOOST_AUTO_TEST_CASE(grow_by_one_with_each_commit) {
  for (revision expected = 1; expected <= 5; ++expected)
    BOOST_TEST(set("a", "same value") == expected);
}

BOOST_AUTO_TEST_CASE(show_a_key_as_it_was) {
  set("a", "1");
  set("b", "-");
  set("a", "2");
  drop("a");
  set("a", "3");

  BOOST_TEST(value("a", 1).value() == "1");
  BOOST_TEST(value("a", 2).value() == "1");
  BOOST_TEST(value("a", 3).value() == "2");
  BOOST_TEST(!value("a", 4).has_value());
  BOOST_TEST(value("a", 5).value() == "3");
  BOOST_TEST(!value("b", 1).has_value());
}

BOOST_AUTO_TEST_CASE(still_to_come_are_refused) {
  set("a", "1");

  BOOST_TEST(code(store->get("a", 2)) == ec::invalid_argument);
  BOOST_TEST(code(store->range("", 2)) == ec::invalid_argument);
}

BOOST_AUTO_TEST_CASE(count_the_versions_of_a_key) {
  set("a", "1");
  set("b", "-");
  set("a", "2");

  const auto found = must(store->get("a"));

  BOOST_TEST(found.created == 1u);
  BOOST_TEST(found.modified == 3u);
  BOOST_TEST(found.version == 2u);
}

BOOST_AUTO_TEST_CASE(start_over_when_a_key_is_made_again) {
  set("a", "1");
  set("a", "2");
  drop("a");
  set("a", "3");

  const auto found = must(store->get("a"));

  BOOST_TEST(found.created == 4u);
  BOOST_TEST(found.version == 1u);
}

BOOST_AUTO_TEST_CASE(are_all_in_the_history_of_a_key) {
  set("a", "1");
  set("ab", "-");
  set("a", "2");
  drop("a");
  set("a", "3");

  BOOST_TEST(told(must(store->history("a")))
             == "1 a=1, 3 a=2, 4 a erased, 5 a=3");
  BOOST_TEST(must(store->history("none")).empty());
}

BOOST_AUTO_TEST_CASE(do_not_mix_a_key_with_one_that_starts_like_it) {
  set("a", "1");
  set("a" + std::string(8, '\1'), "2");
  set("a\1", "3");
  set("a", "4");

  BOOST_TEST(told(must(store->history("a"))) == "1 a=1, 4 a=4");
  BOOST_TEST(value("a", 3).value() == "1");
}

BOOST_AUTO_TEST_CASE(are_listed_as_changes_from_any_of_them) {
  set("a", "1");
  commit({{}, {put{"b", "2"}, erase{"a"}}, {}});
  set("c", "3");

  BOOST_TEST(told(must(store->changes(0, 10)))
             == "1 a=1, 2 b=2, 2 a erased, 3 c=3");
  BOOST_TEST(told(must(store->changes(2, 1))) == "2 b=2, 2 a erased");
  BOOST_TEST(must(store->changes(4, 10)).empty());
  BOOST_TEST(must(store->changes(1, 0)).empty());
}

BOOST_AUTO_TEST_CASE(of_a_prefix_stop_at_its_end) {
  for (const auto* key : {"a", "a/", "a/1", "a/2", "a0", "a/1/x", "b"})
    set(key, "-");

  BOOST_TEST(keys("a/") == "a/ a/1 a/1/x a/2");
  BOOST_TEST(keys("a") == "a a/ a/1 a/1/x a/2 a0");
  BOOST_TEST(keys("c") == "");
}

BOOST_AUTO_TEST_CASE(of_a_prefix_order_bytes_as_unsigned) {
  for (const auto* key : {"p\xff", "p\x7f", "p\x01", "p"})
    set(key, "-");

  BOOST_TEST(keys("p") == "p p\x01 p\x7f p\xff");
  BOOST_TEST(keys("p\xff") == "p\xff");
}

BOOST_AUTO_TEST_CASE(of_a_prefix_are_those_of_that_time) {
  set("a/1", "old");
  set("a/2", "-");
  drop("a/1");
  set("a/3", "-");
  set("a/1", "new");

  BOOST_TEST(keys("a/", 2) == "a/1 a/2");
  BOOST_TEST(keys("a/", 3) == "a/2");
  BOOST_TEST(keys("a/", 4) == "a/2 a/3");
  BOOST_TEST(must(store->range("a/", 2)).front().value == "old");
}

BOOST_AUTO_TEST_CASE(of_a_prefix_are_cut_at_the_limit) {
  for (const auto* key : {"a", "b", "c"})
    set(key, "-");
  drop("a");

  BOOST_TEST(keys("", 0, 1) == "b");
  BOOST_TEST(keys("", 0, 0) == "b c");
}

BOOST_AUTO_TEST_CASE(of_a_prefix_go_on_after_a_key) {
  for (const auto* key : {"a", "a/1", "a/1/x", "a/2", "a/3", "b"})
    set(key, "-");
  const auto page = [&](const std::string& after, revision at) {
    std::string joined;
    for (const auto& one : must(store->range("a/", at, 2, after)))
      joined += one.key + " ";
    return joined;
  };
  const auto then = store->head();
  drop("a/2");

  for (const auto at : {revision{0}, store->head()}) {
    BOOST_TEST(page("", at) == "a/1 a/1/x ");
    BOOST_TEST(page("a/1", at) == "a/1/x a/3 ");
    BOOST_TEST(page("a/2", at) == "a/3 "); // which is not there
  }
  BOOST_TEST(page("a/1/x", then) == "a/2 a/3 ");
  BOOST_TEST(page("a/3", then) == "");
  BOOST_TEST(page("0", then) == "a/1 a/1/x "); // ahead of the prefix
  BOOST_TEST(page("b", then) == "");
}

// A cut list of models would let gc remove blobs of those behind the cut.
BOOST_AUTO_TEST_CASE(of_a_prefix_are_all_there_without_a_limit) {
  constexpr size_t count = 100'001;
  std::vector<transaction> steps(1);
  for (size_t i = 0; i < count; ++i) {
    if (steps.back().then.size() == storage::max_transaction_steps)
      steps.emplace_back();
    steps.back().then.push_back(
      put{"k/" + trivium::keys::revision_text(i), {}});
  }
  must(store->commit(steps));

  const auto all = must(store->range("k/"));

  BOOST_TEST(all.size() == count);
  BOOST_TEST(all.back().key == "k/" + trivium::keys::revision_text(count - 1));
}

BOOST_AUTO_TEST_CASE(live_on_after_closing) {
  set("a", "1");
  set("a", "2");
  drop("a");
  set("b", "3");

  reopen();

  BOOST_TEST(store->head() == 4u);
  BOOST_TEST(value("a", 2).value() == "2");
  BOOST_TEST(keys("") == "b");
  BOOST_TEST(set("c", "5") == 5u);
}

BOOST_AUTO_TEST_CASE(live_on_in_a_store_opened_many_times) {
  for (revision n = 1; n <= 5; ++n) {
    reopen();
    set("a", std::to_string(n));
  }

  BOOST_TEST(told(must(store->history("a")))
             == "1 a=1, 2 a=2, 3 a=3, 4 a=4, 5 a=5");
}

BOOST_AUTO_TEST_CASE(tell_the_histories_below_a_prefix_of_gone_keys_too) {
  set("a/2", "1");
  set("a/1", "1");
  commit({{}, {put{"events/", "told", true}, put{"a/2", "2"}}, {}});
  drop("a/1");
  set("b", "1");

  std::string told;
  for (const auto& one : must(store->histories("a/")))
    told += one.after.key + "=" + (one.is_erase ? "-" : one.after.value) + " ";
  BOOST_TEST(told == "a/1=1 a/1=- a/2=1 a/2=2 ");
  BOOST_TEST(must(store->histories("none")).empty());
  BOOST_TEST(must(store->histories("")).size() == 5u);
}

BOOST_AUTO_TEST_SUITE_END()

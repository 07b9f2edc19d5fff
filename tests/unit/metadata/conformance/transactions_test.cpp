#include "messages/values/keys.hpp"
#include "storage/metadata/transaction_limits.hpp"
#include "tests/unit/metadata/conformance/engine_fixture.hpp"

using namespace trivium;
using namespace trivium::test;

BOOST_FIXTURE_TEST_SUITE(transactions, engine_fixture)

BOOST_AUTO_TEST_CASE(take_the_then_branch_when_every_comparison_holds) {
  set("a", "1");

  const auto result =
    commit({{{"a", compare::what::exists}, {"b", compare::what::absent}},
            {put{"b", "then"}},
            {put{"b", "else"}}});

  BOOST_TEST(result.succeeded);
  BOOST_TEST(value("b").value() == "then");
}

BOOST_AUTO_TEST_CASE(take_the_else_branch_when_one_comparison_fails) {
  set("a", "1");

  const auto result =
    commit({{{"a", compare::what::exists}, {"b", compare::what::exists}},
            {put{"c", "then"}},
            {put{"c", "else"}}});

  BOOST_TEST(!result.succeeded);
  BOOST_TEST(value("c").value() == "else");
}

BOOST_AUTO_TEST_CASE(compare_the_revision_of_a_value) {
  const auto modified = set("a", "1");
  set("b", "1");

  const auto same =
    commit({{{"a", compare::what::modified_is, modified, {}}}, {}, {}});
  const auto other =
    commit({{{"a", compare::what::modified_is, modified + 1, {}}}, {}, {}});

  BOOST_TEST(same.succeeded);
  BOOST_TEST(!other.succeeded);
}

BOOST_AUTO_TEST_CASE(compare_the_revision_that_made_a_key) {
  const auto made = set("a", "1");
  set("a", "2");

  const auto same =
    commit({{{"a", compare::what::created_is, made, {}}}, {}, {}});
  const auto other =
    commit({{{"a", compare::what::created_is, made + 1, {}}}, {}, {}});

  BOOST_TEST(same.succeeded);
  BOOST_TEST(!other.succeeded);
  BOOST_TEST(
    commit({{{"none", compare::what::created_is, 0, {}}}, {}, {}}).succeeded);
}

BOOST_AUTO_TEST_CASE(compare_all_that_stands_beneath_a_prefix) {
  using enum compare::what;
  set("a/1", "1");
  const auto last = set("a/2", "1");
  set("b", "1");

  BOOST_TEST(commit({{{"a/", quiet_beneath, last, {}}}, {}, {}}).succeeded);
  BOOST_TEST(
    !commit({{{"a/", quiet_beneath, last - 1, {}}}, {}, {}}).succeeded);
  BOOST_TEST(commit({{{"none/", quiet_beneath, 0, {}}}, {}, {}}).succeeded);

  drop("a/2"); // who is gone disturbs nobody
  BOOST_TEST(commit({{{"a/", quiet_beneath, last - 1, {}}}, {}, {}}).succeeded);
}

BOOST_AUTO_TEST_CASE(see_beneath_a_prefix_what_the_same_commit_wrote) {
  const auto before = set("a/1", "1");
  const compare quiet{"a/", compare::what::quiet_beneath, before, {}};
  const std::vector<transaction> batch{{{quiet}, {put{"a/2", "1"}}, {}},
                                       {{quiet}, {put{"a/3", "1"}}, {}}};

  const auto results = must(store->commit(batch));

  BOOST_TEST(results[0].succeeded);
  BOOST_TEST(!results[1].succeeded);
}

BOOST_AUTO_TEST_CASE(compare_events) {
  commit({{}, {put{"events/", "moved", true}}, {}});
  const auto event = trivium::keys::event(1);

  BOOST_TEST(
    commit({{{event, compare::what::value_is, 0, "moved"}}, {}, {}}).succeeded);
  BOOST_TEST(
    commit({{{event, compare::what::created_is, 1, {}}}, {}, {}}).succeeded);
  BOOST_TEST(
    commit({{{trivium::keys::event(2), compare::what::absent}}, {}, {}})
      .succeeded);
}

BOOST_AUTO_TEST_CASE(see_events_of_earlier_ones_of_the_same_commit) {
  const std::vector<transaction> batch{
    {{}, {put{"events/", "moved", true}}, {}},
    {{{trivium::keys::event(1), compare::what::value_is, 0, "moved"}}, {}, {}},
    {{{trivium::keys::event(2), compare::what::exists}}, {}, {}}};

  const auto results = must(store->commit(batch));

  BOOST_TEST(results[1].succeeded);
  BOOST_TEST(!results[2].succeeded);
}

BOOST_AUTO_TEST_CASE(count_an_absent_or_erased_key_as_modified_at_0) {
  set("erased", "1");
  drop("erased");

  for (const auto* key : {"never", "erased"})
    BOOST_TEST(
      commit({{{key, compare::what::modified_is, 0, {}}}, {}, {}}).succeeded);
}

BOOST_AUTO_TEST_CASE(compare_a_value) {
  set("a", "1");

  BOOST_TEST(
    commit({{{"a", compare::what::value_is, 0, "1"}}, {}, {}}).succeeded);
  BOOST_TEST(
    !commit({{{"a", compare::what::value_is, 0, "2"}}, {}, {}}).succeeded);
  BOOST_TEST(
    !commit({{{"none", compare::what::value_is, 0, ""}}, {}, {}}).succeeded);
}

BOOST_AUTO_TEST_CASE(see_what_earlier_ones_of_the_same_commit_did) {
  const std::vector<transaction> batch{
    {{}, {put{"a", "1"}}, {}},
    {{{"a", compare::what::value_is, 0, "1"}}, {put{"a", "2"}}, {}},
    {{{"a", compare::what::value_is, 0, "1"}}, {put{"a", "3"}}, {}},
    {{}, {erase{"a"}}, {}},
    {{{"a", compare::what::absent}}, {put{"b", "1"}}, {}}};

  const auto results = must(store->commit(batch));

  BOOST_TEST(results[1].succeeded);
  BOOST_TEST(!results[2].succeeded);
  BOOST_TEST(results[4].succeeded);
  BOOST_TEST(told(must(store->changes(1, 100)))
             == "1 a=1, 2 a=2, 3 a erased, 4 b=1");
}

BOOST_AUTO_TEST_CASE(give_each_change_of_a_commit_its_own_revision) {
  const std::vector<transaction> batch(3, {{}, {put{"a", "x"}}, {}});

  const auto results = must(store->commit(batch));

  BOOST_TEST(results[0].at == 1u);
  BOOST_TEST(results[1].at == 2u);
  BOOST_TEST(results[2].at == 3u);
  BOOST_TEST(store->head() == 3u);
}

BOOST_AUTO_TEST_CASE(put_all_keys_of_one_at_one_revision) {
  const auto result = commit({{}, {put{"a", "1"}, put{"b", "2"}}, {}});

  BOOST_TEST(must(store->get("a")).modified == result.at);
  BOOST_TEST(must(store->get("b")).modified == result.at);
  BOOST_TEST(told(must(store->changes(1, 1))) == "1 a=1, 1 b=2");
}

BOOST_AUTO_TEST_CASE(without_a_change_take_no_revision) {
  set("a", "1");

  const auto erased_nothing = commit({{}, {erase{"none"}}, {}});
  const auto empty = commit({});

  BOOST_TEST(erased_nothing.at == 1u);
  BOOST_TEST(empty.at == 1u);
  BOOST_TEST(store->head() == 1u);
}

BOOST_AUTO_TEST_CASE(name_an_event_by_their_own_revision) {
  set("a", "1");

  commit({{}, {put{"a", "2"}, put{"events/", "moved", true}}, {}});

  BOOST_TEST(value("events/00000000000000000002").value() == "moved");
}

BOOST_AUTO_TEST_CASE(that_change_a_key_twice_are_refused_whole) {
  const std::vector<transaction> batch{{{}, {put{"good", "1"}}, {}},
                                       {{}, {put{"a", "1"}, erase{"a"}}, {}}};

  const auto result = store->commit(batch);

  BOOST_TEST(code(result) == ec::invalid_argument);
  BOOST_TEST(text(result) == "transaction changes \"a\" twice");
  BOOST_TEST(store->head() == 0u);
  BOOST_TEST(!value("good").has_value());
}

BOOST_AUTO_TEST_CASE(whose_appended_revision_meets_another_key_are_refused) {
  const transaction txn{
    {}, {put{"a/00000000000000000001", "x"}, put{"a/", "y", true}}, {}};

  BOOST_TEST(code(store->commit({&txn, 1})) == ec::invalid_argument);
}

BOOST_AUTO_TEST_CASE(of_hostile_size_are_refused) {
  using storage::max_key_bytes;
  using storage::max_value_bytes;
  const std::vector<transaction> hostile{
    {{}, {put{"", "x"}}, {}},
    {{}, {put{std::string("a\0b", 3), "x"}}, {}},
    {{}, {put{std::string(max_key_bytes + 1, 'k'), "x"}}, {}},
    {{}, {put{std::string(max_key_bytes, 'k'), "x", true}}, {}},
    {{}, {put{"a", std::string(max_value_bytes + 1, 'v')}}, {}},
    {{{"", compare::what::exists}}, {}, {}},
    {{}, {}, {erase{std::string(max_key_bytes + 1, 'k')}}},
    {std::vector<compare>(storage::max_transaction_steps + 1,
                          {"a", compare::what::exists}),
     {},
     {}},
    {std::vector<compare>(17, {"a", compare::what::value_is, 0,
                               std::string(max_value_bytes, 'v')}),
     {},
     {}}};

  for (const auto& txn : hostile)
    BOOST_TEST(code(store->commit({&txn, 1})) == ec::invalid_argument);
  BOOST_TEST(store->head() == 0u);
}

BOOST_AUTO_TEST_CASE(of_the_largest_size_are_taken) {
  const std::string key(storage::max_key_bytes, 'k');
  const std::string large(storage::max_value_bytes, 'v');

  set(key, large);

  reopen();
  BOOST_TEST((value(key) == large));
}

BOOST_AUTO_TEST_SUITE_END()

#include "messages/values/keys.hpp"
#include "storage/metadata/record_layout.hpp"
#include "storage/metadata/transaction_limits.hpp"
#include "tests/unit/metadata/conformance/engine_fixture.hpp"

#include <map>

using namespace trivium;
using namespace trivium::test;
using std::chrono::milliseconds;

namespace {

struct lease_fixture : engine_fixture {
  /// Joined by blanks.
  std::string attached(lease_id id) const {
    std::string joined;
    for (const auto& key : must(store->lease(id)).keys)
      joined += (joined.empty() ? "" : " ") + key;
    return joined;
  }

  ec refused(const transaction& txn) { return code(store->commit({&txn, 1})); }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(leases, lease_fixture)

BOOST_AUTO_TEST_CASE(are_named_by_the_revision_that_grants_them) {
  set("a", "1");
  const auto granted = commit({{}, {grant_lease{5000}}, {}});

  BOOST_TEST(granted.lease == 2u);
  BOOST_TEST(granted.at == 2u);
  const auto key = must(store->get(keys::lease(2)));
  BOOST_TEST(must(storage::layout::decode_lease(key.value)).ttl_ms == 5000u);
  BOOST_TEST(key.lease == 0u);
}

BOOST_AUTO_TEST_CASE(tell_how_long_they_have_left) {
  const auto id = grant(5000);
  pass(1500);

  const auto state = must(store->lease(id));

  BOOST_TEST(state.ttl_ms == 5000u);
  BOOST_TEST(state.remaining_ms == 3500u);
  BOOST_TEST(state.keys.empty());
  BOOST_TEST(code(store->lease(id + 1)) == ec::not_found);
  BOOST_TEST(store->lease_remaining(id).count() == 3500);
  BOOST_TEST(store->lease_remaining(id + 1).count() == 0);
  pass(3500);
  BOOST_TEST(store->lease_remaining(id).count() == 0);
}

BOOST_AUTO_TEST_CASE(are_shown_by_the_keys_attached_to_them) {
  const auto id = grant(5000);
  put_on(id, "b");
  put_on(id, "a");

  BOOST_TEST(attached(id) == "a b");
  BOOST_TEST(must(store->get("a")).lease == id);
  BOOST_TEST(must(store->history("a")).front().after.lease == id);
  set("other", "x"); // so that this is read from the database
  BOOST_TEST(must(store->range("a", id + 2)).front().lease == id);
}

BOOST_AUTO_TEST_CASE(take_keys_of_the_transaction_that_grants_them) {
  const auto granted =
    commit({{},
            {put{"a", "1", false, new_lease}, grant_lease{5000},
             put{"b", "2", false, new_lease}},
            {}});

  BOOST_TEST(granted.lease == 1u);
  BOOST_TEST(attached(1) == "a b");
  BOOST_TEST(told(must(store->changes(1, 1))).starts_with("1 a=1, 1 leases/"));
}

BOOST_AUTO_TEST_CASE(lose_a_key_that_is_put_without_one_or_erased) {
  const auto id = grant(5000);
  put_on(id, "a");
  put_on(id, "b");
  set("a", "2");
  drop("b");

  BOOST_TEST(attached(id) == "");
  revoke(id);
  BOOST_TEST(value("a").value() == "2");
  BOOST_TEST(must(store->get("a")).lease == 0u);
}

BOOST_AUTO_TEST_CASE(pass_a_key_on_to_another) {
  const auto one = grant(5000);
  const auto other = grant(5000);
  put_on(one, "a");
  put_on(other, "a");

  BOOST_TEST(attached(one) == "");
  BOOST_TEST(attached(other) == "a");
}

BOOST_AUTO_TEST_CASE(take_their_keys_with_them_in_one_revision) {
  const auto id = grant(5000);
  for (const auto* key : {"z", "a", "m"})
    put_on(id, key);
  set("b", "1");
  const auto at = revoke(id);

  BOOST_TEST(keys("") == "b");
  BOOST_TEST(told(must(store->changes(at, 10)))
             == "6 a erased, 6 leases/00000000000000000001 erased, "
                "6 m erased, 6 z erased");
  BOOST_TEST(code(store->lease(id)) == ec::not_found);
  BOOST_TEST(revoke(id) == at); // nothing is left to revoke
}

BOOST_AUTO_TEST_CASE(are_revoked_after_what_else_the_transaction_does) {
  const auto id = grant(5000);
  for (const auto* key : {"a", "b", "c"})
    put_on(id, key);
  commit({{}, {revoke_lease{id}, put{"a", "kept"}, erase{"b"}}, {}});

  BOOST_TEST(keys("") == "a");
  BOOST_TEST(told(must(store->changes(5, 10)))
             == "5 a=kept, 5 b erased, 5 c erased, "
                "5 leases/00000000000000000001 erased");
}

BOOST_AUTO_TEST_CASE(are_seen_by_later_transactions_of_a_commit) {
  const std::vector<transaction> batch{
    {{}, {grant_lease{5000}, put{"a", "1", false, new_lease}}, {}},
    {{}, {put{"b", "1", false, 1}}, {}},
    {{}, {put{"a", "2"}}, {}},
    {{}, {revoke_lease{1}}, {}},
    {{}, {put{"c", "1", false, 1}}, {}},
    {{}, {put{"d", "1"}}, {}}};

  const auto results = must(store->commit(batch));

  BOOST_TEST(results[1].succeeded);
  BOOST_TEST(results[4].lacks_lease);
  BOOST_TEST(!results[4].succeeded);
  BOOST_TEST(results[5].at == 5u);
  BOOST_TEST(keys("") == "a d");
}

BOOST_AUTO_TEST_CASE(that_are_not_there_refuse_the_whole_transaction) {
  set("a", "1");
  const auto result =
    commit({{}, {put{"a", "2"}, put{"b", "1", false, 77}}, {}});

  BOOST_TEST(result.lacks_lease);
  BOOST_TEST(!result.succeeded);
  BOOST_TEST(result.at == 1u);
  BOOST_TEST(value("a").value() == "1");
}

BOOST_AUTO_TEST_CASE(cannot_be_guessed_before_they_are_granted) {
  const auto result =
    commit({{}, {grant_lease{5000}, put{"a", "1", false, 1}}, {}});

  BOOST_TEST(result.lacks_lease);
  BOOST_TEST(store->head() == 0u);
  BOOST_TEST(commit({{}, {grant_lease{5000}, revoke_lease{1}}, {}}).lease
             == 1u);
  BOOST_TEST(left(1) == 5000u);
}

BOOST_AUTO_TEST_CASE(that_are_over_take_no_keys_and_are_not_kept_alive) {
  const auto id = grant(1000);
  put_on(id, "a");
  pass(1000);

  BOOST_TEST(put_on(id, "b").lacks_lease);
  BOOST_TEST(code(store->keep_alive(id)) == ec::not_found);
  BOOST_TEST(left(id) == 0u);
  BOOST_TEST(keys("") == "a leases/00000000000000000001"); // until revoked
}

BOOST_AUTO_TEST_CASE(that_are_kept_alive_begin_again) {
  const auto id = grant(1000);
  pass(900);

  BOOST_TEST(must(store->keep_alive(id)) == 1000u);
  BOOST_TEST(left(id) == 1000u);
  pass(999);
  BOOST_TEST(store->expired(10).empty());
  BOOST_TEST(code(store->keep_alive(id + 1)) == ec::not_found);
}

BOOST_AUTO_TEST_CASE(are_told_when_they_are_over_the_oldest_first) {
  const auto last = grant(3000);
  const auto first = grant(1000);
  const auto second = grant(2000);
  grant(9000);
  pass(3000);

  BOOST_TEST(store->expired(10) == (std::vector{first, second, last}),
             boost::test_tools::per_element());
  BOOST_TEST(store->expired(1) == std::vector{first},
             boost::test_tools::per_element());
  revoke(first);
  BOOST_TEST(store->expired(1) == std::vector{second},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(tell_when_the_next_one_is_over) {
  BOOST_CHECK(!store->next_deadline());
  grant(3000);
  grant(1000);

  BOOST_CHECK(store->next_deadline() == milliseconds{1000});
  uptime += 1; // rounded up: who waits so long finds it over
  BOOST_CHECK(store->next_deadline() == milliseconds{1000});
  pass(1000);
  BOOST_CHECK(store->next_deadline() == milliseconds{0});
}

BOOST_AUTO_TEST_CASE(go_on_in_another_boot_after_a_clean_close) {
  const auto id = grant(10'000);
  const auto over = grant(1000);
  pass(9000);
  store.reset();
  boot = "second";
  uptime = 5 * ns_per_ms;
  reopen();

  BOOST_TEST(left(id) == 1000u);
  BOOST_TEST(left(over) == 0u);
}

BOOST_AUTO_TEST_CASE(go_on_while_a_store_is_closed) {
  const auto id = grant(10'000);
  pass(4000);
  store.reset();
  pass(1000);
  reopen();

  BOOST_TEST(left(id) == 5000u);
}

BOOST_AUTO_TEST_CASE(by_thousands_are_kept_whatever_comes_and_goes) {
  std::map<lease_id, uint64_t> deadlines;
  for (uint64_t i = 0; i < 3000; ++i) {
    pass(1);
    const auto id = grant(100'000 + i % 7 * 1000);
    deadlines[id] = uptime + (100'000 + i % 7 * 1000) * ns_per_ms;
    if (i % 3 == 0) {
      revoke(id);
      deadlines.erase(id);
    } else if (i % 5 == 0) {
      pass(2);
      deadlines[id] = uptime + must(store->keep_alive(id)) * ns_per_ms;
    }
  }
  for (const auto& [id, deadline] : deadlines)
    BOOST_REQUIRE(left(id) == (deadline - uptime) / ns_per_ms);
  reopen();
  for (const auto& [id, deadline] : deadlines)
    BOOST_REQUIRE(left(id) == (deadline - uptime) / ns_per_ms);
}

BOOST_AUTO_TEST_CASE(refuse_what_makes_no_sense) {
  const auto most = storage::max_lease_ttl_ms;
  BOOST_CHECK(refused({{}, {grant_lease{0}}, {}}) == ec::invalid_argument);
  BOOST_CHECK(refused({{}, {grant_lease{most + 1}}, {}})
              == ec::invalid_argument);
  BOOST_CHECK(refused({{}, {grant_lease{1}, grant_lease{1}}, {}})
              == ec::invalid_argument);
  BOOST_CHECK(refused({{}, {put{"a", "x", false, new_lease}}, {}})
              == ec::invalid_argument);
  BOOST_CHECK(refused({{}, {put{"a", "x", false, 1}, revoke_lease{1}}, {}})
              == ec::invalid_argument);
  BOOST_CHECK(refused({{}, {revoke_lease{1}, revoke_lease{1}}, {}})
              == ec::invalid_argument);
  BOOST_CHECK(refused({{}, {put{"events/", "x", true, 1}}, {}})
              == ec::invalid_argument);
  BOOST_TEST(store->head() == 0u);
  BOOST_TEST(left(grant(most)) == most);
}

BOOST_AUTO_TEST_CASE(and_events_have_keys_that_nobody_else_writes) {
  BOOST_CHECK(refused({{}, {put{keys::lease(7), "x"}}, {}})
              == ec::invalid_argument);
  BOOST_CHECK(refused({{}, {put{"leases/", "x", true}}, {}})
              == ec::invalid_argument);
  BOOST_CHECK(refused({{}, {erase{keys::lease(7)}}, {}})
              == ec::invalid_argument);
  BOOST_CHECK(refused({{}, {put{keys::event(7), "x"}}, {}})
              == ec::invalid_argument);
  BOOST_CHECK(refused({{}, {put{"events/x", "x", true}}, {}})
              == ec::invalid_argument);
  BOOST_CHECK(refused({{}, {erase{keys::event(1)}}, {}})
              == ec::invalid_argument);
}

BOOST_AUTO_TEST_CASE(tell_in_a_compare_how_many_keys_they_hold) {
  const auto lease = grant(1000);
  const auto holds = [&](uint64_t keys) {
    return compare{
      trivium::keys::lease(lease), compare::what::attached_are, keys, {}};
  };
  BOOST_TEST(commit({{holds(0)}, {}, {}}).succeeded);
  put_on(lease, "a");
  put_on(lease, "b");
  put_on(lease, "b"); // again
  BOOST_TEST(commit({{holds(2)}, {}, {}}).succeeded);
  drop("a");
  BOOST_TEST(commit({{holds(1)}, {}, {}}).succeeded);

  const std::vector<transaction> batch{
    {{}, {put{"c", "x", false, lease}, put{"b", "x"}}, {}},
    {{holds(1)}, {put{"d", "x", false, lease}}, {}},
    {{holds(1)}, {revoke_lease{lease}}, {}},
    {{holds(2)}, {revoke_lease{lease}}, {}},
    {{holds(0)}, {}, {}}};
  const auto results = must(store->commit(batch));
  BOOST_TEST(results[1].succeeded);
  BOOST_TEST(!results[2].succeeded);
  BOOST_TEST(results[3].succeeded);
  BOOST_TEST(!results[4].succeeded); // it is not there
  BOOST_TEST(
    !commit({{{"b", compare::what::attached_are, 0, {}}}, {}, {}}).succeeded);
}

BOOST_AUTO_TEST_SUITE_END()

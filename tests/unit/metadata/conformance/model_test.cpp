#include "messages/values/keys.hpp"
#include "tests/unit/metadata/conformance/engine_fixture.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>

#include <cstdlib>
#include <random>
#include <sstream>

using namespace trivium;
using namespace trivium::test;

namespace {

constexpr int rounds = 200;

/// One store of this program's engine and one that is plainly right, driven by
/// the same chance.
struct model_fixture : engine_fixture {
  std::unique_ptr<engine> kept_model = new_reference_engine();
  std::unique_ptr<storage::metadata_store> model;
  std::mt19937_64 chance;
  std::string step; ///< What was done last, for who reads a failure.

  model_fixture() { reopen_both(); }
  ~model_fixture() { model.reset(); }

  void reopen_both() {
    reopen();
    model.reset();
    storage::metadata_options options;
    options.uptime_ns = [this] { return uptime; };
    options.now_ms = [this] { return now_ms; };
    options.boot_id = boot;
    model = kept_model->open(options);
  }

  uint64_t below(uint64_t end) { return chance() % end; }

  // --- what is done ----------------------------------------------------------

  std::string some_key() {
    static const std::vector<std::string> stems{
      "a", "a/", "a/b/", "models/default/m/aliases/", "z\xff", "\x01"};
    return stems[below(stems.size())] + std::to_string(below(4));
  }

  lease_id some_lease() {
    return below(10) == 0   ? below(store->head() + 3)
           : leases.empty() ? 0
                            : leases[below(leases.size())];
  }

  operation some_step(bool grants) {
    switch (below(12)) {
    case 0:
    case 1:
    case 2:
      return erase{some_key()};
    case 3:
      return put{some_key() + "/", text(), true, 0};
    case 4:
      return put{"events/", text(), true};
    case 5:
      return revoke_lease{some_lease()};
    case 6:
    case 7:
      return put{some_key(), text(), false,
                 grants && below(2) == 0 ? new_lease : some_lease()};
    default:
      return put{some_key(), text()};
    }
  }

  std::string text() {
    return std::string(below(40), static_cast<char>('a' + below(26)));
  }

  std::vector<operation> some_steps() {
    std::vector<operation> steps;
    const auto grants = below(4) == 0;
    if (grants)
      steps.push_back(grant_lease{1 + below(20'000)});
    for (auto left = below(5); left > 0; --left)
      steps.push_back(some_step(grants));
    return steps;
  }

  compare some_condition() {
    const auto key = below(8) == 0   ? keys::event(below(store->head() + 2))
                     : below(8) == 0 ? keys::lease(some_lease())
                                     : some_key();
    const auto now = model->get(key, 0);
    compare condition{key, static_cast<compare::what>(below(7)), 0, {}};
    if (condition.kind == compare::what::quiet_beneath) {
      condition.key.resize(1 + below(condition.key.size()));
      condition.modified = below(store->head() + 2);
    } else if (condition.kind == compare::what::attached_are) {
      condition.modified = below(3);
    } else if (now && below(3) != 0) { // mostly one that holds
      condition.modified = condition.kind == compare::what::created_is
                             ? now->created
                             : now->modified;
      condition.value = now->value;
    }
    return condition;
  }

  transaction some_transaction() {
    transaction txn;
    for (auto left = below(3); left > 0; --left)
      txn.when.push_back(some_condition());
    txn.then = some_steps();
    txn.otherwise = some_steps();
    return txn;
  }

  void commit_some() {
    step = "commit";
    std::vector<transaction> batch;
    for (auto left = 1 + below(6); left > 0; --left)
      batch.push_back(some_transaction());
    const auto wanted = model->commit(batch);
    const auto seen = store->commit(batch);
    BOOST_REQUIRE_EQUAL(shown(seen), shown(wanted));
    if (wanted)
      for (const auto& one : *wanted)
        if (one.lease != 0)
          leases.push_back(one.lease);
  }

  void keep_some_alive() {
    step = "keep alive";
    const auto id = some_lease();
    BOOST_REQUIRE_EQUAL(shown(store->keep_alive(id)),
                        shown(model->keep_alive(id)));
  }

  void revoke_what_is_over() {
    step = "revoke what is over";
    const auto over = model->expired(below(3));
    std::vector<transaction> batch;
    for (const auto id : over)
      batch.push_back({{}, {revoke_lease{id}}, {}});
    BOOST_REQUIRE_EQUAL(shown(store->commit(batch)),
                        shown(model->commit(batch)));
  }

  void compact_both() {
    step = "compact";
    const auto before = below(store->head() + 2);
    const auto wanted = model->compact(before, 1);
    auto seen = store->compact(before, 3);
    while (seen && !*seen) {
      if (below(2) == 0)
        commit_some(); // between its steps
      seen = store->compact(before, 3);
    }
    BOOST_REQUIRE(code(seen) == code(wanted));
  }

  void restart_both() {
    step = "restart";
    if (below(3) == 0) {
      store.reset();
      model.reset();
      boot += "+";
      uptime = 1 + below(5000) * ns_per_ms;
    }
    reopen_both();
  }

  void do_something() {
    const auto chosen = below(40);
    if (chosen == 0)
      restart_both();
    else if (chosen == 1)
      compact_both();
    else if (chosen < 5)
      revoke_what_is_over();
    else if (chosen < 10)
      keep_some_alive();
    else
      commit_some();
    pass(below(3) == 0 ? below(3000) : 0);
  }

  // --- what is asked ---------------------------------------------------------

  std::string some_prefix() {
    static const std::vector<std::string> prefixes{
      "",        "a",
      "a/",      "a/b/1",
      "e",       "events/",
      "leases/", "models/default/m/aliases/",
      "z",       "models/default/m/aliases/1",
      "\xff",    "events/000000000000000000"};
    return prefixes[below(prefixes.size())];
  }

  std::string some_known_key() {
    switch (below(6)) {
    case 0:
      return keys::event(below(store->head() + 2));
    case 1:
      return keys::lease(some_lease());
    default:
      return some_key();
    }
  }

  void compare_answers() {
    const auto head = model->head();
    BOOST_REQUIRE_EQUAL(store->head(), head);
    BOOST_REQUIRE_EQUAL(store->compacted(), model->compacted());
    for (int i = 0; i < 8; ++i) {
      const auto at = below(4) == 0 ? 0 : below(head + 2);
      const auto key = some_known_key();
      BOOST_REQUIRE_EQUAL(shown(store->get(key, at)),
                          shown(model->get(key, at)));
      BOOST_REQUIRE_EQUAL(shown(store->history(key)),
                          shown(model->history(key)));
      const auto prefix = some_prefix();
      const auto limit = below(6);
      const auto after = below(2) == 0 ? "" : some_known_key();
      BOOST_TEST_CONTEXT("range " << prefix << " at " << at << ", " << limit
                                  << " after " << after)
      BOOST_REQUIRE_EQUAL(shown(store->range(prefix, at, limit, after)),
                          shown(model->range(prefix, at, limit, after)));
      BOOST_REQUIRE_EQUAL(shown(store->changes(at, limit)),
                          shown(model->changes(at, limit)));
      const auto id = some_lease();
      BOOST_REQUIRE_EQUAL(shown(store->lease(id)), shown(model->lease(id)));
      const auto time = now_ms - static_cast<int64_t>(below(20'000));
      BOOST_REQUIRE_EQUAL(shown(store->revision_at(time)),
                          shown(model->revision_at(time)));
    }
    const auto few = below(5);
    BOOST_REQUIRE(store->expired(few) == model->expired(few));
    BOOST_REQUIRE(store->next_deadline() == model->next_deadline());
  }

  // --- what it looks like ----------------------------------------------------

  static std::string shown(const key_value& one) {
    std::ostringstream out;
    out << one.key << "=" << one.value << " " << one.created << "/"
        << one.modified << "/" << one.version << "/" << one.lease;
    return out.str();
  }
  static std::string shown(const change& one) {
    return shown(one.after) + (one.is_erase ? " erased" : "");
  }
  static std::string shown(const commit_result& one) {
    std::ostringstream out;
    out << one.succeeded << "/" << one.at << "/" << one.lease << "/"
        << one.lacks_lease;
    return out.str();
  }
  static std::string shown(const storage::lease_state& one) {
    std::ostringstream out;
    out << one.remaining_ms << " of " << one.ttl_ms << ":";
    for (const auto& key : one.keys)
      out << " " << key;
    return out.str();
  }
  static std::string shown(uint64_t number) { return std::to_string(number); }
  template <class T>
  static std::string shown(const std::vector<T>& all) {
    std::string text;
    for (const auto& one : all)
      text += shown(one) + "; ";
    return text;
  }
  template <class T>
  static std::string shown(const expected<T>& result) {
    return result ? shown(*result)
                  : std::string{to_string(result.error().code)};
  }

  std::vector<lease_id> leases; ///< Whatever became of them.
};

/// Two of always, and one of today; METADATA_SEED repeats a single one.
std::vector<uint64_t> seeds() {
  if (const auto* given = std::getenv("METADATA_SEED"))
    return {std::stoull(given)};
  return {1, 2, std::random_device{}()};
}

} // namespace

BOOST_AUTO_TEST_SUITE(an_engine)

BOOST_DATA_TEST_CASE(answers_as_the_reference_does,
                     boost::unit_test::data::make(seeds()), seed) {
  model_fixture both;
  both.chance.seed(seed);
  for (int round = 0; round < rounds; ++round)
    BOOST_TEST_CONTEXT("METADATA_SEED=" << seed << ", round " << round
                                        << ", last step: " << both.step) {
      both.do_something();
      both.compare_answers();
    }
}

BOOST_AUTO_TEST_SUITE_END()

#include "storage/metadata/recent_changes.hpp"
#include "tests/unit/metadata/store_fixture.hpp"

using namespace trivium;
using namespace trivium::test;
using storage::recent_changes;

namespace {

/// Changes of the revisions `first` to `last`, one each.
std::vector<storage::made_change> made(revision first, revision last,
                                       size_t value_bytes = 1) {
  std::vector<storage::made_change> changes;
  for (auto at = first; at <= last; ++at)
    changes.push_back({storage::image_entry::make(key_value{
                         "k", std::string(value_bytes, 'x'), at, at, 1, 0}),
                       at % 2 == 0});
  return changes;
}

/// The revisions, or "-" where it cannot tell.
std::string told(const recent_changes& recent, revision from, size_t limit,
                 revision head) {
  const auto found = recent.changes(from, limit, head);
  std::string text = found ? "" : "-";
  if (found)
    for (const auto& one : *found)
      text += std::to_string(one.after.modified) + " ";
  return text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(the_recent_changes)

BOOST_AUTO_TEST_CASE(are_those_since_it_began) {
  recent_changes recent{10};
  BOOST_TEST(told(recent, 11, 9, 10) == "");
  BOOST_TEST(told(recent, 10, 9, 10) == "-");
  recent.append(made(11, 13));
  recent.append(made(14, 14));

  BOOST_TEST(told(recent, 11, 9, 14) == "11 12 13 14 ");
  BOOST_TEST(told(recent, 12, 2, 14) == "12 13 ");
  BOOST_TEST(told(recent, 14, 9, 14) == "14 ");
  BOOST_TEST(told(recent, 15, 9, 14) == "");
  BOOST_TEST(told(recent, 11, 0, 14) == "");
  BOOST_TEST(told(recent, 11, ~size_t{0}, 12) == "11 12 "); // not ahead of it
}

BOOST_AUTO_TEST_CASE(tell_which_are_erasings) {
  recent_changes recent{0};
  recent.append(made(1, 2));
  const auto found = recent.changes(1, 9, 2);

  BOOST_TEST(trivium::test::told(found.value()) == "1 k=x, 2 k erased");
}

BOOST_AUTO_TEST_CASE(are_so_many_at_most) {
  recent_changes recent{0};
  const auto many = recent_changes::max_revisions;
  for (revision at = 1; at <= many + 3; ++at)
    recent.append(made(at, at));

  BOOST_TEST(told(recent, 3, 1, many + 3) == "-");
  BOOST_TEST(told(recent, 4, 1, many + 3) == "4 ");
}

BOOST_AUTO_TEST_CASE(hold_so_many_bytes_at_most) {
  recent_changes recent{0};
  const auto third = recent_changes::max_bytes / 3 - 1;
  recent.append(made(1, 3, third));
  BOOST_TEST(told(recent, 1, 9, 3) == "1 2 3 ");
  recent.append(made(4, 4, third));
  BOOST_TEST(told(recent, 3, 9, 4) == "-");
  BOOST_TEST(told(recent, 4, 9, 4) == "4 ");
  recent.append(made(5, 9, third)); // more than all of it

  BOOST_TEST(told(recent, 9, 9, 9) == "-");
  BOOST_TEST(told(recent, 10, 9, 9) == "");
}

BOOST_FIXTURE_TEST_CASE(are_what_the_database_tells_too, store_fixture) {
  const auto lease = commit({{}, {grant_lease{1000}}, {}}).lease;
  commit(
    {{},
     {put{"a", "1", false, lease}, put{"events/", "told", true}, put{"b", "1"}},
     {}});
  drop("b");
  commit({{}, {revoke_lease{lease}}, {}});
  const auto recent = must(store->changes(1, 100));
  reopen();
  const auto stored = must(store->changes(1, 100));

  BOOST_TEST(trivium::test::told(recent) == trivium::test::told(stored));
  BOOST_REQUIRE(recent.size() == stored.size());
  for (size_t i = 0; i < recent.size(); ++i) {
    BOOST_TEST(recent[i].after.created == stored[i].after.created);
    BOOST_TEST(recent[i].after.version == stored[i].after.version);
    BOOST_TEST(recent[i].after.lease == stored[i].after.lease);
  }
}

BOOST_AUTO_TEST_SUITE_END()

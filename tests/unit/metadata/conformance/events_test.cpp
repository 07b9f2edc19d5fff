#include "messages/values/keys.hpp"
#include "tests/unit/metadata/conformance/engine_fixture.hpp"

using namespace trivium;
using namespace trivium::test;

namespace {

/// Revision 1 to 5: a key, two events, a key, an event with a key.
struct events_fixture : engine_fixture {
  events_fixture() {
    set("a", "1");
    tell("one");
    tell("two");
    set("z", "1");
    commit({{}, {put{"a", "2"}, put{"events/", "three", true}}, {}});
  }

  void tell(const std::string& what) {
    commit({{}, {put{"events/", what, true}}, {}});
  }

  std::string values(const std::string& prefix, revision at = 0,
                     size_t limit = 0, const std::string& after = {}) const {
    std::string joined;
    for (const auto& one : must(store->range(prefix, at, limit, after)))
      joined += (joined.empty() ? "" : " ") + one.value;
    return joined;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(events, events_fixture)

BOOST_AUTO_TEST_CASE(are_keys_of_their_revision) {
  const auto event = must(store->get(trivium::keys::event(3)));

  BOOST_TEST(event.value == "two");
  BOOST_TEST(event.created == 3u);
  BOOST_TEST(event.modified == 3u);
  BOOST_TEST(event.version == 1u);
  BOOST_TEST(!value(trivium::keys::event(1)).has_value());
  BOOST_TEST(!value(trivium::keys::event(99)).has_value());
  BOOST_TEST(!value("events/3").has_value());
  BOOST_TEST(!value("events/x").has_value());
}

BOOST_AUTO_TEST_CASE(are_there_since_their_revision) {
  BOOST_TEST(!value(trivium::keys::event(3), 2).has_value());
  BOOST_TEST(value(trivium::keys::event(3), 3).value() == "two");
  BOOST_TEST(values("events/", 2) == "one");
}

BOOST_AUTO_TEST_CASE(are_all_their_history) {
  BOOST_TEST(told(must(store->history(trivium::keys::event(3))))
             == "3 events/00000000000000000003=two");
  BOOST_TEST(must(store->history(trivium::keys::event(4))).empty());
}

BOOST_AUTO_TEST_CASE(are_listed_among_other_keys) {
  BOOST_TEST(values("") == "2 one two three 1");
  BOOST_TEST(values("e") == "one two three");
  BOOST_TEST(values("events/0000000000000000000") == "one two three");
  BOOST_TEST(values(trivium::keys::event(3)) == "two");
  BOOST_TEST(values("", 4) == "1 one two 1");
}

BOOST_AUTO_TEST_CASE(are_listed_by_pages) {
  const auto first = trivium::keys::event(2);

  for (const auto at : {revision{0}, store->head()}) {
    BOOST_TEST(values("", at, 2) == "2 one");
    BOOST_TEST(values("", at, 2, first) == "two three");
    BOOST_TEST(values("", at, 9, trivium::keys::event(5)) == "1");
    BOOST_TEST(values("events/", at, 1, first) == "two");
    BOOST_TEST(values("events/", at, 9, "events/") == "one two three");
    BOOST_TEST(values("events/", at, 9, "f") == "");
  }
  BOOST_TEST(values("", 4, 2, first) == "two 1");
}

BOOST_AUTO_TEST_CASE(live_on_after_closing) {
  const auto before = told(must(store->changes(1, 100)));
  reopen();

  BOOST_TEST(values("events/") == "one two three");
  BOOST_TEST(told(must(store->changes(1, 100))) == before);
}

BOOST_AUTO_TEST_SUITE_END()

#include "actors/client/version_cache.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace trivium;
using namespace std::chrono_literals;

namespace {

version_query newest_of(const std::string& model) {
  return {{"default", model}};
}

/// Time stands still until a test moves it.
struct remembered {
  version_cache cache{3};
  version_cache::time now{};

  /// The node answers with that revision.
  void read(const version_query& query, revision at) {
    const auto reading = cache.begin(query, now);
    registered_version answer;
    answer.at = at;
    cache.end(query, reading, &answer);
  }

  /// 0: it has to be asked for.
  revision known(const version_query& query) {
    const auto found = cache.find(query, now);
    return found ? found->at : 0;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_remembered_answer, remembered)

BOOST_AUTO_TEST_CASE(says_that_it_is_one) {
  read(newest_of("m"), 7);

  const auto found = cache.find(newest_of("m"), now);
  BOOST_TEST_REQUIRE(found.has_value());
  BOOST_TEST(found->at == 7u);
  BOOST_TEST((found->given == consistency::cached));
}

BOOST_AUTO_TEST_CASE(holds_for_60_s_from_when_it_was_asked_for) {
  const auto reading = cache.begin(newest_of("m"), now);
  now += 10s; // on its way
  registered_version answer;
  answer.at = 7;
  cache.end(newest_of("m"), reading, &answer);
  now += 50s - 1ns;
  BOOST_TEST(known(newest_of("m")) == 7u);
  now += 1ns;

  BOOST_TEST(known(newest_of("m")) == 0u);
  BOOST_TEST(cache.size() == 0u);
}

BOOST_AUTO_TEST_CASE(is_not_that_of_another_question) {
  auto alias = newest_of("m"), version = newest_of("m");
  alias.alias = "1.0.0";
  version.version = "1.0.0";
  read(newest_of("m"), 1);
  read(alias, 2);
  read(version, 3);

  BOOST_TEST(known(newest_of("m")) == 1u);
  BOOST_TEST(known(alias) == 2u);
  BOOST_TEST(known(version) == 3u);
  BOOST_TEST(known({{"other", "m"}}) == 0u);
}

BOOST_AUTO_TEST_CASE(gives_way_when_it_was_used_least_recently) {
  read(newest_of("a"), 1);
  read(newest_of("b"), 2);
  read(newest_of("c"), 3);
  BOOST_TEST(known(newest_of("a")) == 1u);
  read(newest_of("d"), 4);

  BOOST_TEST(cache.size() == 3u);
  BOOST_TEST(known(newest_of("b")) == 0u);
  BOOST_TEST(known(newest_of("a")) == 1u);
  BOOST_TEST(known(newest_of("c")) == 3u);
  BOOST_TEST(known(newest_of("d")) == 4u);
}

BOOST_AUTO_TEST_CASE(is_void_when_its_model_changes) {
  auto alias = newest_of("m");
  alias.alias = "production";
  read(newest_of("m"), 1);
  read(alias, 1);
  read(newest_of("other"), 1);
  cache.forget({"default", "m"});

  BOOST_TEST(known(newest_of("m")) == 0u);
  BOOST_TEST(known(alias) == 0u);
  BOOST_TEST(known(newest_of("other")) == 1u);
}

BOOST_AUTO_TEST_CASE(that_was_on_its_way_when_its_model_changed_is_not_kept) {
  const auto reading = cache.begin(newest_of("m"), now);
  cache.forget({"default", "m"});
  const registered_version answer;
  cache.end(newest_of("m"), reading, &answer);
  BOOST_TEST(cache.size() == 0u);

  read(newest_of("m"), 2);
  BOOST_TEST(known(newest_of("m")) == 2u);
}

BOOST_AUTO_TEST_CASE(is_void_when_nobody_tells_of_its_namespace) {
  read(newest_of("m"), 1);
  read({{"other", "m"}}, 1);
  const auto reading = cache.begin(newest_of("n"), now);
  cache.forget_all("default");
  const registered_version answer;
  cache.end(newest_of("n"), reading, &answer);

  BOOST_TEST(known(newest_of("m")) == 0u);
  BOOST_TEST(known({{"other", "m"}}) == 1u);
  BOOST_TEST(cache.size() == 1u);
}

BOOST_AUTO_TEST_CASE(is_none_where_the_question_failed) {
  const auto reading = cache.begin(newest_of("m"), now);
  cache.end(newest_of("m"), reading, nullptr);

  BOOST_TEST(known(newest_of("m")) == 0u);
}

BOOST_AUTO_TEST_CASE(replaces_the_one_before) {
  read(newest_of("m"), 1);
  read(newest_of("m"), 2);

  BOOST_TEST(known(newest_of("m")) == 2u);
  BOOST_TEST(cache.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

#include "actors/observability/enlist.hpp"
#include "tests/support/deterministic_actors.hpp"

#include <boost/test/unit_test.hpp>

#include <new>
#include <stdexcept>

using namespace trivium;
using namespace trivium::test;
using namespace trivium::actors;

namespace {

using thrower_actor =
  caf::typed_actor<caf::replies_to<std::string>::with<std::string>>;

thrower_actor::behavior_type thrower(thrower_actor::pointer self) {
  enlist(self);
  return {
    [](const std::string& what) -> std::string {
      if (what == "memory")
        throw std::bad_alloc{};
      throw std::runtime_error{what};
    },
  };
}

error thrown(deterministic_actors& actors, const std::string& what) {
  const auto actor = actors.system.spawn(thrower);
  const auto answer = actors.ask<std::string>(actor, what);
  BOOST_REQUIRE(!answer);
  return answer.error();
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(an_exception_in_an_actor, deterministic_actors)

BOOST_AUTO_TEST_CASE(is_told_to_who_asked) {
  BOOST_TEST(
    (thrown(*this, "a cause") == error{ec::internal, "unexpected: a cause"}));
}

BOOST_AUTO_TEST_CASE(says_when_memory_ran_out) {
  BOOST_TEST((thrown(*this, "memory")
              == error{ec::resource_exhausted, "out of memory"}));
}

BOOST_AUTO_TEST_SUITE_END()

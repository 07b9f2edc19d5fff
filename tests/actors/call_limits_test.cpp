#include "actors/gateway/grpc/call_limits.hpp"

#include <boost/test/unit_test.hpp>

namespace trivium::actors {

BOOST_AUTO_TEST_SUITE(calls_at_once)

BOOST_AUTO_TEST_CASE(are_counted) {
  call_limits limits{2, 100};
  BOOST_TEST(limits.enter());
  BOOST_TEST(limits.enter());
  BOOST_TEST(!limits.enter());
  BOOST_TEST(limits.now() == 2u);
  limits.leave();
  BOOST_TEST(limits.enter());
}

BOOST_AUTO_TEST_CASE(are_weighed) {
  call_limits limits{10, 100};
  BOOST_TEST(limits.enter(60));
  BOOST_TEST(!limits.enter(41));
  BOOST_TEST(limits.now() == 1u);
  BOOST_TEST(limits.enter(40));
  limits.leave(60);
  BOOST_TEST(limits.enter(60));
}

BOOST_AUTO_TEST_CASE(have_room_for_a_large_one_alone) {
  call_limits limits{10, 100};
  BOOST_TEST(limits.enter(1000));
  BOOST_TEST(!limits.enter(1));
  limits.leave(1000);
  BOOST_TEST(limits.enter(1));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trivium::actors

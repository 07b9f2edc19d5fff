#include "messages/values/secret.hpp"

#include <boost/test/unit_test.hpp>

#include <sstream>
#include <string_view>
#include <type_traits>

using trivium::secret;

BOOST_AUTO_TEST_SUITE(secrets)

BOOST_AUTO_TEST_CASE(every_way_of_printing_hides_it) {
  const secret password{"hunter2"};
  std::ostringstream out;

  out << password;

  BOOST_TEST(out.str() == "***");
  BOOST_TEST(to_string(password) == "***");
}

BOOST_AUTO_TEST_CASE(it_turns_into_no_text_by_itself) {
  BOOST_TEST((!std::is_convertible_v<secret, std::string>));
  BOOST_TEST((!std::is_convertible_v<secret, std::string_view>));
  BOOST_TEST((!std::is_convertible_v<std::string, secret>));
}

BOOST_AUTO_TEST_CASE(it_is_shown_to_who_asks_by_name) {
  BOOST_TEST(secret{"hunter2"}.reveal() == "hunter2");
}

BOOST_AUTO_TEST_SUITE_END()

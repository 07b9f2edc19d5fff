#include "messages/values/shown_name.hpp"

#include <boost/test/unit_test.hpp>

using namespace trivium;

BOOST_AUTO_TEST_SUITE(shown_names)

BOOST_AUTO_TEST_CASE(stand_in_quotes_and_are_printable) {
  BOOST_TEST(shown_name("a\nb") == "\"a\\x0ab\"");
  BOOST_TEST(shown_name("") == "\"\"");
}

BOOST_AUTO_TEST_CASE(are_cut_after_128_bytes) {
  const std::string whole(128, 'n');

  BOOST_TEST(shown_name(whole) == "\"" + whole + "\"");
  BOOST_TEST(shown_name(whole + "n") == "\"" + whole + "…\"");
}

BOOST_AUTO_TEST_SUITE_END()

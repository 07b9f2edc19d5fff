#include "actors/cache/use_history.hpp"
#include "messages/values/sha256.hpp"

#include <boost/test/unit_test.hpp>

using namespace trivium;
using actors::read_use_history;
using actors::use_history;

namespace {

const auto a = sha256("a");
const auto b = sha256("b");

use_history used(std::initializer_list<digest> versions) {
  use_history history;
  for (const auto& version : versions)
    history.use(version);
  return history;
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_use_history)

BOOST_AUTO_TEST_CASE(holds_each_version_once_the_last_use_last) {
  BOOST_CHECK(used({a, b, a}).uses == (std::vector{b, a}));
}

BOOST_AUTO_TEST_CASE(forgets_with_a_use_that_the_one_before_was_announced) {
  auto history = used({a});
  history.is_announced = true;

  history.use(a);

  BOOST_TEST(!history.is_announced);
}

BOOST_AUTO_TEST_CASE(is_written_as_the_format_page_shows) {
  auto history = used({a, b});
  history.is_announced = true;

  BOOST_TEST(
    to_text(history)
    == "trivium pull folder 1\n"
       "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb\n"
       "3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d "
       "announced\n");
}

BOOST_AUTO_TEST_CASE(reads_what_it_wrote) {
  auto history = used({a, b});
  BOOST_CHECK(read_use_history(to_text(history)) == history);

  history.is_announced = true;
  BOOST_CHECK(read_use_history(to_text(history)) == history);
  BOOST_CHECK(read_use_history(to_text(use_history{})) == use_history{});
}

BOOST_AUTO_TEST_CASE(reads_around_damage) {
  const auto whole = to_text(used({a, b}));

  BOOST_CHECK(read_use_history("") == use_history{});
  BOOST_CHECK(read_use_history("\0\n\xff") == use_history{});
  BOOST_CHECK(read_use_history(whole + "3e23e816") == used({a, b}));
  BOOST_CHECK(read_use_history(whole.substr(whole.find('\n'))) == used({a, b}));
}

BOOST_AUTO_TEST_SUITE_END()

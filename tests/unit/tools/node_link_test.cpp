#include "tools/trivium/repl/node_link.hpp"

#include "tests/support/expected_checks.hpp"
#include "tests/unit/tools/fake_client.hpp"

using namespace trivium;
using namespace trivium::tools::repl;
using lines = std::vector<std::string>;

BOOST_AUTO_TEST_SUITE(a_link_to_a_node)

BOOST_AUTO_TEST_CASE(is_made_when_somebody_needs_it) {
  test::fake_node node;
  node_link link{client_options{}, "0.1.0"};
  BOOST_TEST(!link.is_connected());

  BOOST_TEST(link.get().has_value());
  BOOST_TEST(link.get().has_value());

  BOOST_TEST(link.is_connected());
  BOOST_TEST(node.calls == lines{"connect default"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(can_be_made_later_where_there_was_no_node) {
  test::fake_node node;
  node.is_there = false;
  node_link link{client_options{}, "0.1.0"};
  BOOST_TEST(test::code(link.get()) == ec::unavailable);

  node.is_there = true;

  BOOST_TEST(link.get().has_value());
}

BOOST_AUTO_TEST_CASE(tells_its_loss_and_return_once) {
  test::fake_node node;
  node_link link{client_options{}, "0.1.0"};
  BOOST_REQUIRE(link.get().has_value());

  node.change(connection_change::lost);
  BOOST_TEST(!link.is_connected());
  BOOST_TEST(wait_readable({link.news_fd()}, std::chrono::milliseconds{0}));
  node.identity.pid = 4343;
  node.change(connection_change::restored);

  BOOST_TEST(link.is_connected());
  BOOST_TEST(link.news()
               == (lines{"connection lost: node 4242 does not answer, trying "
                         "again",
                         "connected again to node 4343"}),
             boost::test_tools::per_element());
  BOOST_TEST(link.news().empty());
  BOOST_TEST(!wait_readable({link.news_fd()}, std::chrono::milliseconds{0}));
}

BOOST_AUTO_TEST_CASE(tells_once_that_a_node_is_of_another_version) {
  test::fake_node node;
  node_link link{client_options{}, "0.0.9"};
  BOOST_REQUIRE(link.get().has_value());
  BOOST_TEST(link.news()
               == lines{"the node runs trivium 0.1.0, this console is of "
                        "trivium 0.0.9"},
             boost::test_tools::per_element());

  BOOST_REQUIRE(link.use("research").has_value());

  BOOST_TEST(link.news().empty());
}

BOOST_AUTO_TEST_CASE(says_when_the_node_is_of_another_version) {
  node_identity node;
  node.version = "0.2.0";

  BOOST_TEST(version_note(node, "0.2.0") == "");
  BOOST_TEST(version_note(node, "0.1.0")
             == "the node runs trivium 0.2.0, this console is of trivium "
                "0.1.0");
  node.protocol = protocol_version + 1;
  BOOST_TEST(
    version_note(node, "0.2.0").starts_with("the node speaks protocol"));
}

BOOST_AUTO_TEST_SUITE_END()

#include "actors/client/node_address.hpp"
#include "tests/support/expected_checks.hpp"
#include "tests/support/temporary_folder.hpp"

#include <fstream>

using namespace trivium;
using namespace trivium::test;

namespace {

expected<std::string> target_of(const std::string& address,
                                const std::filesystem::path& store = {}) {
  client_options options;
  options.address = address;
  options.store = store;
  return grpc_target(options);
}

} // namespace

BOOST_AUTO_TEST_SUITE(an_address)

BOOST_AUTO_TEST_CASE(of_the_grpc_door_begins_with_its_scheme) {
  BOOST_TEST(is_grpc_address("grpc://localhost:7070"));
  BOOST_TEST(!is_grpc_address("/store/door.sock"));
  BOOST_TEST(!is_grpc_address("grpc.sock"));
  BOOST_TEST(must(target_of("grpc://127.0.0.1:7070")) == "127.0.0.1:7070");
  BOOST_TEST(must(target_of("grpc://[::1]:7070")) == "[::1]:7070");
}

BOOST_AUTO_TEST_CASE(that_is_none_is_refused_by_name) {
  for (const auto* wrong :
       {"grpc://localhost", "grpc://:7070", "grpc://localhost:", "grpc://h:0",
        "grpc://h:65536", "grpc://h:70x", "grpc://h:-1", "grpc://h/x:1",
        "grpc://a b:1"}) {
    const auto refused = target_of(wrong);
    BOOST_TEST_REQUIRE(!refused.has_value(), wrong);
    BOOST_CHECK(refused.error().code == ec::invalid_argument);
    BOOST_TEST(refused.error().text.find(wrong) != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(without_a_host_is_that_of_the_stores_node) {
  const temporary_folder folder;
  BOOST_CHECK(target_of("grpc://", folder.path()).error().code
              == ec::not_found);
  node_file served;
  served.socket = "door.sock";
  std::ofstream{folder.path() / node_file_name} << format_node_file(served);
  BOOST_TEST(
    target_of("grpc://", folder.path()).error().text.find("no gRPC door")
    != std::string::npos);
  served.grpc = "127.0.0.1:4321";
  std::ofstream{folder.path() / node_file_name} << format_node_file(served);

  BOOST_TEST(must(target_of("grpc://", folder.path())) == "127.0.0.1:4321");
}

BOOST_AUTO_TEST_SUITE_END()

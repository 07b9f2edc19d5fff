#include "messages/values/ec.hpp"

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>

using namespace trivium;

namespace {

std::vector<ec> every_code() {
  std::vector<ec> codes;
  for (int i = 0; i <= static_cast<int>(last_ec); ++i)
    codes.push_back(static_cast<ec>(i));
  return codes;
}

} // namespace

BOOST_AUTO_TEST_SUITE(error_codes)

BOOST_AUTO_TEST_CASE(every_code_has_its_own_row) {
  for (const auto code : every_code())
    BOOST_TEST((mapping(code).code == code),
               "row of code " << static_cast<int>(code));
}

BOOST_AUTO_TEST_CASE(every_name_is_unique_snake_case) {
  std::set<std::string> names;
  for (const auto code : every_code()) {
    const std::string name{to_string(code)};
    BOOST_TEST(!name.empty());
    BOOST_TEST(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_")
                 == std::string::npos,
               name);
    BOOST_TEST(names.insert(name).second, name << " stands twice");
  }
}

BOOST_AUTO_TEST_CASE(every_error_is_an_error_at_every_door) {
  for (const auto code : every_code()) {
    const auto& row = mapping(code);
    const auto is_error = code != ec::none;
    BOOST_TEST((row.grpc_status != 0) == is_error, row.name);
    BOOST_TEST((row.http_status >= 400 && row.http_status < 600) == is_error,
               row.name);
    BOOST_TEST((row.exit_code == 1) == is_error, row.name);
    BOOST_TEST((row.grpc_status >= 0 && row.grpc_status <= 16), row.name);
  }
}

BOOST_AUTO_TEST_CASE(grpc_statuses_tell_errors_apart) {
  std::set<int> statuses;
  for (const auto code : every_code())
    BOOST_TEST(statuses.insert(mapping(code).grpc_status).second,
               mapping(code).name);
}

BOOST_AUTO_TEST_CASE(an_unknown_code_maps_like_internal) {
  const auto unknown = static_cast<ec>(static_cast<int>(last_ec) + 1);

  BOOST_TEST(to_string(unknown) == "internal");
  BOOST_TEST(to_string(static_cast<ec>(255)) == "internal");
}

BOOST_AUTO_TEST_CASE(numbers_never_change) {
  // They travel between processes of different versions.
  BOOST_TEST(static_cast<int>(ec::invalid_argument) == 1);
  BOOST_TEST(static_cast<int>(ec::not_found) == 2);
  BOOST_TEST(static_cast<int>(ec::failed_precondition) == 4);
  BOOST_TEST(static_cast<int>(ec::outcome_unknown) == 13);
  BOOST_TEST(static_cast<int>(ec::internal) == 16);
}

expected<int> half(int x) {
  if (x % 2 != 0)
    return fail(ec::invalid_argument, "odd");
  return x / 2;
}

expected<int> quarter(int x) {
  TRIVIUM_TRY(const auto once, half(x));
  TRIVIUM_CHECK(half(once));
  return once / 2;
}

BOOST_AUTO_TEST_CASE(errors_leave_the_function_that_meets_them) {
  BOOST_TEST(quarter(8).value() == 2);
  BOOST_TEST(quarter(3).error().text == "odd");
  BOOST_TEST(quarter(6).error().text == "odd");
}

BOOST_AUTO_TEST_SUITE_END()

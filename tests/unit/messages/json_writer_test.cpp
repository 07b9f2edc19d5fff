#include "messages/values/json_writer.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>

using trivium::json_writer;

namespace {

template <class Value>
std::string json_of(const Value& value) {
  json_writer json;
  json.value(value);
  return json.text();
}

} // namespace

BOOST_AUTO_TEST_SUITE(writing_json)

BOOST_AUTO_TEST_CASE(objects_and_arrays_nest_without_spaces) {
  json_writer json;
  json.object([&] {
    json.member("a", 1);
    json.key("b");
    json.array([&] {
      json.value(true);
      json.null();
      json.object([&] { json.member("c", "d"); });
      json.array([] {});
    });
    json.key("e");
    json.object([] {});
  });

  BOOST_TEST(json.text() == R"({"a":1,"b":[true,null,{"c":"d"},[]],"e":{}})");
}

BOOST_AUTO_TEST_CASE(only_what_must_be_escaped_is) {
  using namespace std::string_view_literals;

  BOOST_TEST(json_of("a\"b\\c/d"sv) == R"("a\"b\\c/d")");
  BOOST_TEST(json_of("\n\r\t"sv) == R"("\n\r\t")");
  BOOST_TEST(json_of("\0\x01\x1f\x7f"sv) == "\"\\u0000\\u0001\\u001f\x7f\"");
  BOOST_TEST(json_of("héé→𝄞"sv) == "\"héé→𝄞\"");
}

BOOST_AUTO_TEST_CASE(keys_are_escaped_too) {
  json_writer json;
  json.object([&] { json.member("a\"\n", 1); });

  BOOST_TEST(json.text() == R"({"a\"\n":1})");
}

BOOST_AUTO_TEST_CASE(integers_are_exact_at_their_ends) {
  BOOST_TEST(json_of(std::numeric_limits<int64_t>::min())
             == "-9223372036854775808");
  BOOST_TEST(json_of(std::numeric_limits<uint64_t>::max())
             == "18446744073709551615");
  BOOST_TEST(json_of(uint8_t{200}) == "200");
  BOOST_TEST(json_of(int8_t{-3}) == "-3");
}

BOOST_AUTO_TEST_CASE(numbers_are_the_shortest_that_read_back) {
  BOOST_TEST(json_of(0.1) == "0.1");
  BOOST_TEST(json_of(20.0) == "20");
  BOOST_TEST(json_of(1e300) == "1e+300");
  BOOST_TEST(json_of(5e-324) == "5e-324");
  BOOST_TEST(json_of(-1.7976931348623157e308) == "-1.7976931348623157e+308");
}

BOOST_AUTO_TEST_CASE(what_has_no_json_form_is_null) {
  BOOST_TEST(json_of(std::numeric_limits<double>::quiet_NaN()) == "null");
  BOOST_TEST(json_of(-std::numeric_limits<double>::infinity()) == "null");
  BOOST_TEST(json_of(std::numeric_limits<float>::infinity()) == "null");
}

BOOST_AUTO_TEST_CASE(text_is_text_and_truth_is_truth) {
  BOOST_TEST(json_of("true") == "\"true\"");
  BOOST_TEST(json_of(std::string{"x"}) == "\"x\"");
  BOOST_TEST(json_of(false) == "false");
}

BOOST_AUTO_TEST_CASE(raw_json_takes_its_place_in_a_list) {
  json_writer json;
  json.array([&] {
    json.value(1);
    json.raw("{}");
    json.value(2);
  });

  BOOST_TEST(json.text() == "[1,{},2]");
}

BOOST_AUTO_TEST_SUITE_END()

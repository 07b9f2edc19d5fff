#include "storage/metadata/record_layout.hpp"
#include "tests/support/expected_checks.hpp"

#include <sstream>

using namespace trivium;
using namespace trivium::test;
namespace layout = trivium::storage::layout;
using layout::changed_key;

namespace {

/// "6b 61" → "ka"
std::string bytes(const std::string& hex) {
  std::istringstream in{hex};
  std::string out;
  for (unsigned number = 0; in >> std::hex >> number;)
    out += static_cast<char>(number);
  return out;
}

// The worked example of docs/formats/metadata.md: the second value of key
// "jobs/7", "hi", put at revision 258 on lease 5 and first made at revision 3.
const auto value_key = bytes("76 6a 6f 62 73 2f 37 00 00 00 00 00 00 00 01 02");
const auto value = bytes("01 00 00 00 00 00 00 00 03 "
                         "00 00 00 00 00 00 00 02 "
                         "00 00 00 00 00 00 00 05 68 69");
const auto change_key = bytes("00 00 00 00 00 00 01 02");
const auto change_value = bytes("00 00 01 9a a1 b2 c3 d4 00 00 00 02 "
                                "01 00 06 6a 6f 62 73 2f 37 "
                                "03 00 00 00 03 72 75 6e");
const layout::change_record both{0x19aa1b2c3d4,
                                 {{changed_key::what::put, "jobs/7", {}},
                                  {changed_key::what::event, {}, "run"}}};

} // namespace

BOOST_AUTO_TEST_SUITE(record_layout)

BOOST_AUTO_TEST_CASE(decodes_the_documented_example) {
  const auto stored = must(layout::decode_value(value));
  const auto changed = must(layout::decode_change(change_value));

  BOOST_CHECK((stored == layout::value_record{false, 3, 2, 5, "hi"}));
  BOOST_CHECK(changed == both);
  BOOST_TEST(must(layout::revision_of(value_key)) == 258u);
  BOOST_TEST(must(layout::revision_of(change_key)) == 258u);
}

BOOST_AUTO_TEST_CASE(encodes_the_documented_example) {
  BOOST_CHECK(layout::value_key("jobs/7", 258) == value_key);
  BOOST_CHECK(layout::change_key(258) == change_key);
  BOOST_CHECK(encode(layout::value_record{false, 3, 2, 5, "hi"}) == value);
  BOOST_CHECK(encode(both) == change_value);
  const auto suffix = layout::value_suffix(258);
  BOOST_CHECK(value_key.ends_with(std::string_view{suffix.data(), 9}));
}

BOOST_AUTO_TEST_CASE(refuses_every_record_that_is_cut) {
  for (size_t size = 0; size < 25; ++size)
    BOOST_TEST(code(layout::decode_value(value.substr(0, size)))
               == ec::data_loss);
  for (size_t size = 0; size < change_value.size(); ++size)
    BOOST_TEST(code(layout::decode_change(change_value.substr(0, size)))
               == ec::data_loss);
}

BOOST_AUTO_TEST_CASE(refuses_bytes_behind_a_record) {
  BOOST_TEST(code(layout::decode_change(change_value + "x")) == ec::data_loss);
  BOOST_TEST(code(layout::decode_number("123456789")) == ec::data_loss);
}

BOOST_AUTO_TEST_CASE(refuses_marks_that_it_does_not_know) {
  for (const char mark : {'\0', '\3', '\xff'}) {
    auto damaged = value;
    damaged[0] = mark;
    BOOST_TEST(code(layout::decode_value(damaged)) == ec::data_loss);
  }
  for (const char mark : {'\0', '\4', '\xff'}) {
    auto damaged = change_value;
    damaged[12] = mark;
    BOOST_TEST(code(layout::decode_change(damaged)) == ec::data_loss);
  }
}

BOOST_AUTO_TEST_CASE(holds_the_ttl_of_a_lease) {
  const auto minute = bytes("00 00 00 00 00 00 ea 60");
  BOOST_CHECK(encode(layout::lease_record{60'000}) == minute);
  BOOST_TEST(must(layout::decode_lease(minute)).ttl_ms == 60'000u);
  BOOST_TEST(code(layout::decode_lease(minute + "x")) == ec::data_loss);
  BOOST_TEST(code(layout::decode_lease(bytes("00 00 00 00 00 00 00 00")))
             == ec::data_loss);
}

BOOST_AUTO_TEST_CASE(refuses_a_count_that_the_bytes_do_not_hold) {
  auto damaged = change_value;
  damaged[8] = '\xff'; // of the big-endian count

  BOOST_TEST(code(layout::decode_change(damaged)) == ec::data_loss);
}

BOOST_AUTO_TEST_CASE(orders_revisions_as_numbers) {
  BOOST_TEST(layout::value_key("a", 255) < layout::value_key("a", 256));
  BOOST_TEST(layout::value_key("a", ~revision{0})
             < layout::value_key("a\1", 0));
}

BOOST_AUTO_TEST_SUITE_END()

#include "storage/metadata/record_layout.hpp"
#include "tests/support/expected_checks.hpp"

#include <sstream>

using namespace trivium;
using namespace trivium::test;
namespace layout = trivium::storage::layout;

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
// "jobs/7", "hi", put at revision 258 and first made at revision 3.
const auto index_key = bytes("6b 6a 6f 62 73 2f 37");
const auto index_value = bytes("01 00 00 00 00 00 00 00 03 "
                               "00 00 00 00 00 00 01 02 "
                               "00 00 00 00 00 00 00 02");
const auto value_key = bytes("76 6a 6f 62 73 2f 37 00 00 00 00 00 00 00 01 02");
const auto value = bytes("01 00 00 00 00 00 00 00 03 "
                         "00 00 00 00 00 00 00 02 68 69");
const auto change_key = bytes("63 00 00 00 00 00 00 01 02");
const auto change_value = bytes("00 00 01 9a a1 b2 c3 d4 00 00 00 01 "
                                "01 00 06 6a 6f 62 73 2f 37");

} // namespace

BOOST_AUTO_TEST_SUITE(record_layout)

BOOST_AUTO_TEST_CASE(decodes_the_documented_example) {
  const auto index = must(layout::decode_index(index_value));
  const auto stored = must(layout::decode_value(value));
  const auto changed = must(layout::decode_change(change_value));

  BOOST_CHECK((index == layout::index_entry{3, 258, 2, false}));
  BOOST_CHECK((stored == layout::value_record{false, 3, 2, "hi"}));
  BOOST_CHECK(
    (changed == layout::change_record{0x19aa1b2c3d4, {{false, "jobs/7"}}}));
  BOOST_TEST(must(layout::revision_of(value_key)) == 258u);
  BOOST_TEST(must(layout::revision_of(change_key)) == 258u);
}

BOOST_AUTO_TEST_CASE(encodes_the_documented_example) {
  BOOST_CHECK(layout::index_key("jobs/7") == index_key);
  BOOST_CHECK(layout::value_key("jobs/7", 258) == value_key);
  BOOST_CHECK(layout::change_key(258) == change_key);
  BOOST_CHECK(encode(layout::index_entry{3, 258, 2, false}) == index_value);
  BOOST_CHECK(encode(layout::value_record{false, 3, 2, "hi"}) == value);
  BOOST_CHECK(encode(layout::change_record{0x19aa1b2c3d4, {{false, "jobs/7"}}})
              == change_value);
}

BOOST_AUTO_TEST_CASE(refuses_every_record_that_is_cut) {
  for (size_t size = 0; size < index_value.size(); ++size)
    BOOST_TEST(code(layout::decode_index(index_value.substr(0, size)))
               == ec::data_loss);
  for (size_t size = 0; size < 17; ++size)
    BOOST_TEST(code(layout::decode_value(value.substr(0, size)))
               == ec::data_loss);
  for (size_t size = 0; size < change_value.size(); ++size)
    BOOST_TEST(code(layout::decode_change(change_value.substr(0, size)))
               == ec::data_loss);
}

BOOST_AUTO_TEST_CASE(refuses_bytes_behind_a_record) {
  BOOST_TEST(code(layout::decode_index(index_value + "x")) == ec::data_loss);
  BOOST_TEST(code(layout::decode_change(change_value + "x")) == ec::data_loss);
  BOOST_TEST(code(layout::decode_number("123456789")) == ec::data_loss);
}

BOOST_AUTO_TEST_CASE(refuses_a_mark_that_is_neither_put_nor_erase) {
  auto damaged = value;
  damaged[0] = 3;

  BOOST_TEST(code(layout::decode_value(damaged)) == ec::data_loss);
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

#include "messages/values/human.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>

using namespace trivium;

namespace {

constexpr auto nan_value = std::numeric_limits<double>::quiet_NaN();
constexpr auto infinity = std::numeric_limits<double>::infinity();

} // namespace

BOOST_AUTO_TEST_SUITE(human_figures)

BOOST_AUTO_TEST_CASE(bytes_have_three_digits_and_decimal_units) {
  BOOST_TEST(human_bytes(0) == "0 B");
  BOOST_TEST(human_bytes(999) == "999 B");
  BOOST_TEST(human_bytes(1000) == "1.00 kB");
  BOOST_TEST(human_bytes(21'200'000) == "21.2 MB");
  BOOST_TEST(human_bytes(512'000'000) == "512 MB");
  BOOST_TEST(human_bytes(uint64_t{4} << 30) == "4.29 GB");
}

BOOST_AUTO_TEST_CASE(bytes_never_show_a_thousand_of_a_unit) {
  BOOST_TEST(human_bytes(9'999) == "10.0 kB");
  BOOST_TEST(human_bytes(99'999) == "100 kB");
  BOOST_TEST(human_bytes(999'499) == "999 kB");
  BOOST_TEST(human_bytes(999'500) == "1.00 MB");
  BOOST_TEST(human_bytes(std::numeric_limits<uint64_t>::max()) == "18.4 EB");
}

BOOST_AUTO_TEST_CASE(seconds_choose_a_unit) {
  BOOST_TEST(human_seconds(0) == "0 µs");
  BOOST_TEST(human_seconds(0.00084) == "840 µs");
  BOOST_TEST(human_seconds(0.0084) == "8.4 ms");
  BOOST_TEST(human_seconds(0.84) == "0.84 s");
  BOOST_TEST(human_seconds(12.34) == "12.3 s");
  BOOST_TEST(human_seconds(125) == "2 min 05 s");
  BOOST_TEST(human_seconds(3725) == "1 h 02 min");
}

BOOST_AUTO_TEST_CASE(seconds_round_into_the_next_unit) {
  BOOST_TEST(human_seconds(0.0009999) == "1.0 ms");
  BOOST_TEST(human_seconds(9.999) == "10.0 s");
  BOOST_TEST(human_seconds(99.99) == "1 min 40 s");
  BOOST_TEST(human_seconds(119.7) == "2 min 00 s");
  BOOST_TEST(human_seconds(3599.9) == "1 h 00 min");
}

BOOST_AUTO_TEST_CASE(what_is_not_known_is_a_dash) {
  for (const auto bad : {nan_value, infinity, -1.0})
    BOOST_TEST(human_seconds(bad) == "–");
  BOOST_TEST(human_rate(1000, 0) == "–");
  BOOST_TEST(human_rate(1000, -1) == "–");
  BOOST_TEST(human_percent(1, 0) == "–");
  BOOST_TEST(human_decibels(nan_value) == "–");
  BOOST_TEST(human_decibels(-infinity) == "–");
}

BOOST_AUTO_TEST_CASE(rates_are_bytes_per_second) {
  BOOST_TEST(human_rate(2'460'000'000, 2) == "1.23 GB/s");
  BOOST_TEST(human_rate(10, 2) == "5 B/s");
}

BOOST_AUTO_TEST_CASE(percents_and_decibels_have_one_decimal) {
  BOOST_TEST(human_percent(268, 1000) == "26.8 %");
  BOOST_TEST(human_decibels(44.04) == "44.0 dB");
  BOOST_TEST(human_decibels(infinity) == "exact");
}

BOOST_AUTO_TEST_CASE(counts_have_separators) {
  BOOST_TEST(human_count(0) == "0");
  BOOST_TEST(human_count(999) == "999");
  BOOST_TEST(human_count(1'000) == "1,000");
  BOOST_TEST(human_count(12'345'678) == "12,345,678");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(reading_sizes)

BOOST_AUTO_TEST_CASE(units_are_decimal_and_binary) {
  BOOST_TEST(parse_bytes("4096").value() == 4096u);
  BOOST_TEST(parse_bytes("512 MiB").value() == uint64_t{512} << 20);
  BOOST_TEST(parse_bytes("512mib").value() == uint64_t{512} << 20);
  BOOST_TEST(parse_bytes("1.5 GB").value() == 1'500'000'000u);
  BOOST_TEST(parse_bytes("0").value() == 0u);
}

BOOST_AUTO_TEST_CASE(large_whole_numbers_are_exact) {
  BOOST_TEST(parse_bytes("9007199254740993").value() == 9007199254740993u);
  BOOST_TEST(parse_bytes("9223372036854775807").value()
             == uint64_t{9223372036854775807u});
}

BOOST_AUTO_TEST_CASE(what_is_no_size_is_refused) {
  for (const auto* text : {"",
                           " ",
                           "MiB",
                           "-1",
                           "+1",
                           "4k",
                           "1e3",
                           "0x10",
                           "1 2",
                           "1  MiB",
                           "1 MiB ",
                           "1..2 kB",
                           ".",
                           "nan",
                           "inf",
                           "9223372036854775808",
                           "9000000000 GiB",
                           "99999999999999999999",
                           "1.5e300 TB",
                           "١ MiB"})
    BOOST_TEST(!parse_bytes(text).has_value(), "\"" << text << "\"");
}

BOOST_AUTO_TEST_CASE(a_refusal_is_short_and_printable) {
  const auto refused = parse_bytes("\x1b[2J" + std::string(10'000, 'x'));

  BOOST_TEST(refused.error().text.size() < 200u);
  BOOST_TEST(refused.error().text.find('\x1b') == std::string::npos);
}

BOOST_AUTO_TEST_CASE(exact_sizes_read_back) {
  for (const uint64_t bytes :
       {uint64_t{0}, uint64_t{1}, uint64_t{1023}, uint64_t{1024},
        uint64_t{1536}, uint64_t{1} << 40, uint64_t{1} << 50,
        uint64_t{9007199254740993}})
    BOOST_TEST(parse_bytes(exact_bytes(bytes)).value() == bytes);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(reading_durations)

using std::chrono::milliseconds;

BOOST_AUTO_TEST_CASE(units_are_demanded) {
  BOOST_TEST((parse_duration("500 ms").value() == milliseconds{500}));
  BOOST_TEST((parse_duration("1.5s").value() == milliseconds{1500}));
  BOOST_TEST((parse_duration("2 min").value() == milliseconds{120'000}));
  BOOST_TEST((parse_duration("1 h").value() == milliseconds{3'600'000}));
  for (const auto* text : {"", "120", "s", "-1 s", "1 day", "1 S", "1e9 h",
                           "10000 h", "1 min 5 s"})
    BOOST_TEST(!parse_duration(text).has_value(), "\"" << text << "\"");
}

BOOST_AUTO_TEST_CASE(exact_durations_read_back) {
  for (const int64_t time : {0, 1, 999, 1000, 1500, 60'000, 61'000, 3'600'000})
    BOOST_TEST((parse_duration(exact_duration(milliseconds{time})).value()
                == milliseconds{time}));
}

BOOST_AUTO_TEST_SUITE_END()

#include "tools/measure/registry/histogram.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

using std::chrono::nanoseconds;
using trivium::bench::histogram;

BOOST_AUTO_TEST_SUITE(latency_histogram)

BOOST_AUTO_TEST_CASE(short_times_are_exact) {
  histogram times;
  for (int i = 1; i <= 100; ++i)
    times.record(nanoseconds{i});

  BOOST_TEST(times.count() == 100u);
  BOOST_TEST(times.at_us(0.5) == 0.050);
  BOOST_TEST(times.at_us(0.99) == 0.099);
  BOOST_TEST(times.at_us(1) == 0.100);
  BOOST_TEST(times.at_us(0) == 0.001);
}

BOOST_AUTO_TEST_CASE(any_time_is_told_within_a_64th) {
  constexpr uint32_t seed = 5;
  std::mt19937_64 random{seed};
  for (int round = 0; round < 20'000; ++round) {
    const auto value = static_cast<int64_t>(random() >> (1 + random() % 63));
    histogram times;
    times.record(nanoseconds{value});

    const auto told = times.at_us(0.5) * 1e3;
    const auto real = static_cast<double>(value);

    if (told < real * (1 - 1.0 / 64) || told > real * (1 + 1.0 / 64))
      BOOST_FAIL("seed " << seed << ": " << real << " ns told as " << told);
  }
}

BOOST_AUTO_TEST_CASE(shares_are_those_of_the_sorted_times) {
  std::mt19937 random{6};
  std::lognormal_distribution<double> made{13, 1.5};
  histogram times;
  std::vector<double> sorted;
  for (int i = 0; i < 50'000; ++i) {
    sorted.push_back(std::floor(made(random)));
    times.record(nanoseconds{static_cast<int64_t>(sorted.back())});
  }
  std::sort(sorted.begin(), sorted.end());

  for (const auto share : {0.5, 0.9, 0.99, 0.999}) {
    const auto real = sorted[static_cast<size_t>(
      share * static_cast<double>(sorted.size() - 1))];
    BOOST_TEST(times.at_us(share) * 1e3 == real,
               boost::test_tools::tolerance(0.02));
  }
  BOOST_TEST(times.largest_us() * 1e3 == sorted.back());
}

BOOST_AUTO_TEST_CASE(nothing_recorded_is_zero) {
  BOOST_TEST(histogram{}.at_us(0.5) == 0);
  BOOST_TEST(histogram{}.largest_us() == 0);
}

BOOST_AUTO_TEST_CASE(a_time_that_went_backwards_is_zero) {
  histogram times;
  times.record(nanoseconds{-5});

  BOOST_TEST(times.count() == 1u);
  BOOST_TEST(times.at_us(0.5) == 0);
}

BOOST_AUTO_TEST_SUITE_END()

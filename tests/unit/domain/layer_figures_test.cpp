#include "actors/domain/layer_figures.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>

using namespace trivium;
using namespace trivium::domain;

namespace {

constexpr auto nan_value = std::numeric_limits<double>::quiet_NaN();

named_sums figure(std::string name, double signal, double noise) {
  error_sums sums;
  sums.signal = signal;
  sums.noise = noise;
  sums.count = 1;
  return {std::move(name), sums};
}

} // namespace

BOOST_AUTO_TEST_SUITE(layer_figures)

BOOST_AUTO_TEST_CASE(the_worst_come_first) {
  const std::vector figures{figure("good", 1e6, 1), figure("bad", 10, 1),
                            figure("fair", 1000, 1)};

  const auto worst = worst_by_sqnr(figures, 2);

  BOOST_REQUIRE(worst.size() == 2u);
  BOOST_TEST(worst[0].name == "bad");
  BOOST_TEST(worst[1].name == "fair");
}

BOOST_AUTO_TEST_CASE(nan_is_worse_than_any_number) {
  const std::vector figures{figure("bad", 1e-9, 1),
                            figure("broken", nan_value, nan_value),
                            figure("good", 1e6, 1)};

  BOOST_TEST(worst_by_sqnr(figures, 1)[0].name == "broken");
}

BOOST_AUTO_TEST_CASE(equal_figures_are_in_order_of_name) {
  const std::vector figures{figure("b", 10, 1), figure("a", 10, 1),
                            figure("c", 1, 0)};

  const auto worst = worst_by_sqnr(figures, 9);

  BOOST_REQUIRE(worst.size() == 3u);
  BOOST_TEST(worst[0].name == "a");
  BOOST_TEST(worst[2].name == "c");
}

BOOST_AUTO_TEST_CASE(totals_add_up) {
  const std::vector figures{figure("a", 10, 1), figure("b", 90, 0)};

  const auto sum = total(figures);

  BOOST_TEST(sum.signal == 100);
  BOOST_TEST(sum.noise == 1);
  BOOST_TEST(sum.count == 2u);
}

BOOST_AUTO_TEST_SUITE_END()

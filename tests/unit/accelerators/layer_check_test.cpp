#include "accelerators/layer_check.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <random>
#include <vector>

namespace trivium::accelerators {

namespace {

struct layer {
  layer(uint64_t samples, uint64_t inputs, uint64_t outputs)
    : samples(samples), inputs(inputs), outputs(outputs) {
    std::mt19937 random{7};
    std::normal_distribution<float> normal;
    x.resize(samples * inputs);
    w.resize(outputs * inputs);
    for (auto* values : {&x, &w})
      for (auto& value : *values)
        value = normal(random);
    approximation = w;
    for (auto& value : approximation)
      value = std::nearbyint(value * 32) / 32;
  }

  [[nodiscard]] expected<error_sums> compare() const {
    return compare_layer_outputs(x, w, approximation, samples, inputs, outputs);
  }

  /// Three loops in double.
  [[nodiscard]] error_sums plain() const {
    error_sums sums;
    for (uint64_t s = 0; s < samples; ++s)
      for (uint64_t o = 0; o < outputs; ++o) {
        double y = 0;
        double z = 0;
        for (uint64_t i = 0; i < inputs; ++i) {
          y += double{x[s * inputs + i]} * w[o * inputs + i];
          z += double{x[s * inputs + i]} * approximation[o * inputs + i];
        }
        sums += {y * y, (y - z) * (y - z), z * z, y * z, std::abs(y - z), 1};
      }
    return sums;
  }

  uint64_t samples, inputs, outputs;
  std::vector<float> x, w, approximation;
};

/// f32 outputs of a few hundred products are right to about 1e-6 of their
/// size; the noise here is 1e-4 of the signal, so its sum is right to 1e-4.
constexpr double sum_tolerance = 1e-6;
constexpr double noise_tolerance = 1e-3;

void require_close(const error_sums& seen, const error_sums& wanted) {
  using boost::test_tools::tolerance;
  BOOST_TEST(seen.count == wanted.count);
  BOOST_TEST(seen.signal == wanted.signal, tolerance(sum_tolerance));
  BOOST_TEST(seen.approximation == wanted.approximation,
             tolerance(sum_tolerance));
  BOOST_TEST(seen.product == wanted.product, tolerance(sum_tolerance));
  BOOST_TEST(seen.noise == wanted.noise, tolerance(noise_tolerance));
  BOOST_TEST(seen.max_error == wanted.max_error, tolerance(noise_tolerance));
}

} // namespace

BOOST_AUTO_TEST_SUITE(layer_outputs)

BOOST_AUTO_TEST_CASE(equal_a_plain_triple_loop) {
  for (const auto& shape : {layer{1, 1, 1}, layer{3, 64, 50},
                            layer{17, 333, 29}, layer{64, 128, 200}}) {
    const auto sums = shape.compare();
    BOOST_REQUIRE(sums);
    require_close(*sums, shape.plain());
  }
}

BOOST_AUTO_TEST_CASE(equal_a_plain_triple_loop_when_taken_in_blocks) {
  const layer tall{30000, 4, 75}; // 34 outputs a block, the last one shorter

  const auto sums = tall.compare();

  BOOST_REQUIRE(sums);
  require_close(*sums, tall.plain());
}

BOOST_AUTO_TEST_CASE(have_no_noise_where_the_weights_are_equal) {
  layer same{5, 40, 30};
  same.approximation = same.w;

  const auto sums = same.compare();

  BOOST_REQUIRE(sums);
  BOOST_TEST(sums->noise == 0.0);
  BOOST_TEST(sums->signal > 0.0);
}

BOOST_AUTO_TEST_CASE(of_nothing_are_nothing) {
  const auto sums = compare_layer_outputs({}, {}, {}, 0, 8, 0);

  BOOST_REQUIRE(sums);
  BOOST_TEST(sums->count == 0u);
}

BOOST_AUTO_TEST_CASE(refuse_spans_that_do_not_fit_the_shape) {
  const layer good{5, 40, 30};

  const auto sums =
    compare_layer_outputs(good.x, good.w, good.approximation, 5, 41, 30);

  BOOST_REQUIRE(!sums);
  BOOST_TEST((sums.error().code == ec::invalid_argument));
  BOOST_TEST(sums.error().text.find("x has 200 elements, not 5 x 41")
             != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trivium::accelerators

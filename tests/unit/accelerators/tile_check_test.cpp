#include "tests/unit/accelerators/tile_cases.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>

namespace trivium::accelerators::test {

namespace {

/// A call of 4 rows of 64 that would run, to be spoilt one way a test.
struct call_fixture {
  call_fixture() {
    call.view = {1, 4, 64};
    call.source = source;
    call.values = std::span{values}.first(256);
    call.scales = scales;
  }

  void require_refusal(std::string_view text) {
    auto lane = device_under_test().open_lane();
    const auto outcome = (*lane)->run(call);
    BOOST_REQUIRE(!outcome);
    BOOST_TEST((outcome.error().code == ec::invalid_argument));
    BOOST_TEST(outcome.error().text.find(text) != std::string::npos,
               outcome.error().text);
  }

  std::vector<std::byte> source{1024};
  std::vector<std::byte> values{272};
  std::vector<float> scales{1, 1, 1, 1};
  std::vector<uint32_t> bits{0, 0, 0, 0};
  tile_call call;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(checking_a_tile, call_fixture)

BOOST_AUTO_TEST_CASE(accepts_what_fits) { BOOST_TEST(check(call).has_value()); }

BOOST_AUTO_TEST_CASE(refuses_a_source_of_another_size) {
  call.source = call.source.first(1020);
  require_refusal("source bytes: 1020 given, the view has 1024");
}

BOOST_AUTO_TEST_CASE(refuses_values_of_another_size) {
  call.values = call.values.first(255);
  require_refusal("values: 255 given, the view has 256");
}

BOOST_AUTO_TEST_CASE(refuses_scales_of_another_number) {
  call.scales = call.scales.first(3);
  require_refusal("scales: 3 given, the view has 4");
}

BOOST_AUTO_TEST_CASE(refuses_measures_of_another_number) {
  call.step = tile_step::measure;
  call.absmax_bits = std::span{bits}.first(2);
  require_refusal("absmax_bits: 2 given, the view has 4");
}

BOOST_AUTO_TEST_CASE(refuses_a_view_whose_size_overflows) {
  call.view = {uint64_t{1} << 33U, uint64_t{1} << 31U, 1};
  require_refusal("overflows");
  call.view = {uint64_t{1} << 62U, 1, 1}; // as bytes
  require_refusal("overflows");
}

BOOST_AUTO_TEST_CASE(refuses_to_fuse_channels_that_are_spread) {
  call.view = {2, 4, 32};
  require_refusal("outer = 1");
}

BOOST_AUTO_TEST_CASE(refuses_a_source_that_is_not_a_float) {
  call.source_type = tensor_type::i32;
  require_refusal("cannot quantize from i32");
}

BOOST_AUTO_TEST_CASE(refuses_to_keep) {
  call.action = scheme::keep;
  require_refusal("nothing to compute");
}

BOOST_AUTO_TEST_CASE(refuses_scales_that_are_not_positive_and_finite) {
  call.step = tile_step::encode;
  for (const float scale : {0.0F, -1.0F, 0x1p-127F, 0x1p127F,
                            std::numeric_limits<float>::infinity(),
                            std::numeric_limits<float>::quiet_NaN()}) {
    scales[2] = scale;
    require_refusal("scale 2");
  }
}

BOOST_AUTO_TEST_CASE(refuses_compressed_tensors_scales_of_another_type) {
  call.action = scheme::int8_row_ct;
  call.scale_type = tensor_type::bf16;
  require_refusal("type of the weights");
}

BOOST_AUTO_TEST_CASE(refuses_a_cut_block) {
  call.action = scheme::q8_0;
  call.view = {1, 1, 16};
  call.source = call.source.first(64);
  require_refusal("whole blocks of 32");
}

BOOST_AUTO_TEST_CASE(refuses_q8_0_bytes_of_another_size) {
  call.action = scheme::q8_0;
  call.values = std::span{values}.first(271);
  require_refusal("q8_0 bytes: 271 given, the view has 272");
}

BOOST_AUTO_TEST_CASE(refuses_to_measure_q8_0) {
  call.action = scheme::q8_0;
  call.step = tile_step::measure;
  require_refusal("no step but fuse");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trivium::accelerators::test

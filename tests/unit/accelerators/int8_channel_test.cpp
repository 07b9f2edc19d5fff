#include "accelerators/cpu/arithmetic.hpp"
#include "tests/unit/accelerators/tile_cases.hpp"

#include <boost/test/unit_test.hpp>

#include <bit>
#include <limits>

namespace trivium::accelerators::test {

namespace {

constexpr auto int8 = scheme::int8_channel;

/// The channel of each element of a view.
uint64_t channel_of(const channel_view& view, uint64_t index) {
  return index / view.inner % view.channels;
}

std::vector<float> absmax_of(const channel_view& view,
                             const std::vector<float>& elements) {
  std::vector<float> out(view.channels, 0.0F);
  for (uint64_t i = 0; i < elements.size(); ++i)
    out[channel_of(view, i)] =
      std::max(out[channel_of(view, i)], std::abs(elements[i]));
  return out;
}

/// Compares values, scales and sums of a tile that ran with the specification.
void require_specified(const tile& t, const tile_outcome& outcome) {
  const auto elements = t.elements();
  std::vector<float> approximation(elements.size());
  for (uint64_t i = 0; i < elements.size(); ++i) {
    const float scale = t.scales[channel_of(t.call.view, i)];
    const auto wanted = arithmetic::quantized_int8(elements[i], scale);
    if (wanted != t.value(i)) // BOOST_TEST would be slow here
      BOOST_FAIL("element " << i << " = " << elements[i] << ", scale " << scale
                            << ": " << int{t.value(i)} << ", not "
                            << int{wanted});
    approximation[i] = static_cast<float>(wanted) * scale;
  }
  require_sums_of(outcome.errors, elements, approximation);
}

/// Measures, then encodes, as the pipeline does where channels are spread.
tile_outcome measure_and_encode(tile& t, device& device) {
  t.call.step = tile_step::measure;
  const auto measured = t.run(device);
  if (measured.non_finite)
    return measured;
  for (size_t c = 0; c < t.scales.size(); ++c)
    t.scales[c] = channel_scale(int8, t.absmax_bits[c], t.call.scale_type);
  t.call.step = tile_step::encode;
  return t.run(device);
}

} // namespace

BOOST_AUTO_TEST_SUITE(int8_channel, *when_the_level_runs())

BOOST_AUTO_TEST_CASE(a_million_elements_equal_the_specification) {
  const channel_view view{1, 257, 4099};
  for (const auto type : source_types) {
    tile t{int8, tile_step::fuse, type, view};
    t.fill(varied_elements(view.elements()));

    const auto outcome = t.run(device_under_test());

    require_specified(t, outcome);
    const auto absmax = absmax_of(view, t.elements());
    for (uint64_t c = 0; c < view.channels; ++c)
      BOOST_REQUIRE_EQUAL(t.scales[c], absmax[c] / 127.0F);
  }
}

BOOST_AUTO_TEST_CASE(a_million_elements_in_columns_equal_the_specification) {
  for (const auto view :
       {channel_view{1031, 1025, 1}, channel_view{350000, 3, 1},
        channel_view{40, 300, 90}}) {
    for (const auto type : source_types) {
      tile t{int8, tile_step::measure, type, view};
      t.fill(varied_elements(view.elements()));

      const auto outcome = measure_and_encode(t, device_under_test());

      require_specified(t, outcome);
      const auto absmax = absmax_of(view, t.elements());
      for (uint64_t c = 0; c < view.channels; ++c)
        BOOST_REQUIRE_EQUAL(t.absmax_bits[c],
                            std::bit_cast<uint32_t>(absmax[c]));
    }
  }
}

BOOST_AUTO_TEST_CASE(rows_of_every_length_equal_the_specification) {
  for (uint64_t length = 0; length <= 300; ++length) {
    for (const auto type : source_types) {
      tile t{int8, tile_step::fuse, type, {1, 2, length}, 1 + length % 3};
      t.fill(varied_elements(2 * length, static_cast<uint32_t>(length)));
      require_specified(t, t.run(device_under_test()));
    }
  }
}

BOOST_AUTO_TEST_CASE(columns_of_every_number_equal_the_specification) {
  for (uint64_t columns = 1; columns <= 260; ++columns) {
    for (const uint64_t inner : {1, 2, 9}) {
      const channel_view view{7, columns, inner};
      tile t{int8, tile_step::measure, tensor_type::f32, view, 1};
      t.fill(varied_elements(view.elements(), static_cast<uint32_t>(columns)));
      require_specified(t, measure_and_encode(t, device_under_test()));
    }
  }
}

BOOST_AUTO_TEST_CASE(long_runs_in_several_slabs_equal_the_specification) {
  const channel_view view{3, 5, 1100};
  tile t{int8, tile_step::measure, tensor_type::f32, view};
  t.fill(varied_elements(view.elements()));

  require_specified(t, measure_and_encode(t, device_under_test()));
}

BOOST_AUTO_TEST_CASE(quotients_on_and_beside_every_tie_round_half_even) {
  // With a scale of 1 the quotient is the element itself; with a scale that is
  // no power of two the product with the inverse often is not the quotient.
  for (const float scale : {1.0F, 0.003F, 7.0F / 127.0F, 0x1.fffffep-3F}) {
    std::vector<float> elements{127.0F * scale};
    for (int whole = -127; whole < 127; ++whole) {
      float x = (static_cast<float>(whole) + 0.5F) * scale;
      for (int step = 0; step < 8; ++step)
        x = std::nextafter(x, -1e9F);
      for (int step = 0; step < 16; ++step) {
        elements.push_back(x);
        x = std::nextafter(x, 1e9F);
      }
    }
    tile t{int8, tile_step::encode, tensor_type::f32, {1, 1, elements.size()}};
    t.fill(elements);
    t.scales = {scale};

    require_specified(t, t.run(device_under_test()));
  }
}

BOOST_AUTO_TEST_CASE(tiles_of_a_row_give_the_bytes_of_the_whole_row) {
  const auto elements = varied_elements(1000);
  tile whole{int8, tile_step::fuse, tensor_type::f32, {1, 1, 1000}};
  whole.fill(elements);
  whole.run(device_under_test());
  tile part{int8, tile_step::encode, tensor_type::f32, {1, 1, 333}};
  part.fill({elements.begin() + 500, elements.begin() + 833});
  part.scales = whole.scales;

  part.run(device_under_test());

  BOOST_TEST(std::equal(part.values.begin(), part.values.end(),
                        whole.values.begin() + 500));
}

BOOST_AUTO_TEST_CASE(measuring_only_raises_what_is_known) {
  tile t{int8, tile_step::measure, tensor_type::f32, {2, 2, 1}};
  t.fill({1, 2, -3, 1});
  t.absmax_bits = {std::bit_cast<uint32_t>(2.0F),
                   std::bit_cast<uint32_t>(9.0F)};

  t.run(device_under_test());

  BOOST_TEST(t.absmax_bits[0] == std::bit_cast<uint32_t>(3.0F));
  BOOST_TEST(t.absmax_bits[1] == std::bit_cast<uint32_t>(9.0F));
}

BOOST_AUTO_TEST_CASE(a_zero_channel_has_scale_one_and_zeros) {
  tile t{int8, tile_step::fuse, tensor_type::f32, {1, 2, 40}};
  t.set(3, -0.0F);
  t.set(40, 127.0F);

  const auto outcome = t.run(device_under_test());

  BOOST_TEST(t.scales[0] == 1.0F);
  BOOST_TEST(int{t.value(3)} == 0);
  BOOST_TEST(int{t.value(40)} == 127);
  BOOST_TEST(outcome.errors.noise == 0.0);
}

BOOST_AUTO_TEST_CASE(a_channel_too_small_for_a_normal_scale_becomes_zero) {
  const float least = 127.0F * 0x1p-126F;
  tile t{int8, tile_step::fuse, tensor_type::f32, {1, 3, 2}};
  t.fill({least, -least, std::nextafter(least, 0.0F), 0x1p-149F, 0x1p-149F, 0});

  const auto outcome = t.run(device_under_test());

  BOOST_TEST(t.scales[0] == 0x1p-126F);
  BOOST_TEST(int{t.value(1)} == -127);
  // The quotient of the next smaller number rounds up to the smallest normal.
  BOOST_TEST(t.scales[1] >= 0x1p-126F);
  BOOST_TEST(t.scales[2] == 1.0F);
  BOOST_TEST(int{t.value(4)} == 0);
  BOOST_TEST(outcome.errors.max_error < 0x1p-119);
}

BOOST_AUTO_TEST_CASE(the_largest_numbers_do_not_overflow) {
  const float largest = std::numeric_limits<float>::max();
  tile t{int8, tile_step::fuse, tensor_type::f32, {1, 1, 3}};
  t.fill({largest, -largest, largest / 4});

  const auto outcome = t.run(device_under_test());

  BOOST_TEST(int{t.value(0)} == 127);
  BOOST_TEST(int{t.value(1)} == -127);
  BOOST_TEST(int{t.value(2)} == 32);
  BOOST_TEST(std::isfinite(outcome.errors.signal));
}

BOOST_AUTO_TEST_CASE(a_scale_in_f16_is_rounded_and_the_values_follow_it) {
  const channel_view view{1, 300, 333};
  for (const auto scale_type : {tensor_type::f16, tensor_type::bf16}) {
    tile t{int8, tile_step::fuse, scale_type, view};
    t.call.scale_type = scale_type;
    auto elements = varied_elements(view.elements());
    for (uint64_t i = 0; i < elements.size(); ++i)
      elements[i] *= std::ldexp(1.0F, -static_cast<int>(i / 333 / 12));
    t.fill(elements);

    const auto outcome = t.run(device_under_test());

    require_specified(t, outcome);
    for (const float scale : t.scales)
      BOOST_REQUIRE_EQUAL(scale, scale_type == tensor_type::f16
                                   ? arithmetic::rounded_to_f16(scale)
                                   : arithmetic::rounded_to_bf16(scale));
  }
}

BOOST_AUTO_TEST_CASE(values_beyond_a_given_scale_saturate) {
  for (const auto view : {channel_view{1, 1, 300}, channel_view{300, 1, 1}}) {
    tile t{int8, tile_step::encode, tensor_type::f32, view};
    auto elements = varied_elements(300);
    elements[7] = 1e30F;
    elements[290] = -128.0F;
    t.fill(elements);

    t.run(device_under_test());

    BOOST_TEST(int{t.value(7)} == 127);
    BOOST_TEST(int{t.value(290)} == -127);
  }
}

BOOST_AUTO_TEST_CASE(sums_are_equal_at_every_level) {
  for (const auto view : {channel_view{1, 77, 3001}, channel_view{501, 403, 1},
                          channel_view{900, 7, 3}}) {
    for (const auto type : source_types) {
      tile ours{int8, tile_step::measure, type, view};
      ours.fill(varied_elements(view.elements()));
      auto plain = ours;

      const auto here = measure_and_encode(ours, device_under_test());
      const auto there = measure_and_encode(plain, baseline_device());

      require_equal_bits(here.errors, there.errors);
      BOOST_TEST((ours.values == plain.values));
    }
  }
}

BOOST_AUTO_TEST_CASE(values_do_not_depend_on_the_sums_being_wanted) {
  const channel_view view{1, 20, 1500};
  tile with{int8, tile_step::fuse, tensor_type::f32, view};
  with.fill(varied_elements(view.elements()));
  auto without = with;
  without.call.wants_error_sums = false;

  with.run(device_under_test());
  const auto outcome = without.run(device_under_test());

  BOOST_TEST((with.values == without.values));
  BOOST_TEST(outcome.errors.count == 0u);
}

BOOST_AUTO_TEST_CASE(the_first_non_finite_element_is_named_wherever_it_is) {
  const float bad[] = {std::numeric_limits<float>::quiet_NaN(),
                       std::numeric_limits<float>::infinity(),
                       -std::numeric_limits<float>::infinity()};
  const auto elements = varied_elements(1190);
  for (const auto view : {channel_view{1, 2, 595}, channel_view{2, 1, 595},
                          channel_view{10, 119, 1}, channel_view{5, 34, 7}}) {
    for (const auto type : source_types) {
      for (uint64_t at = 0; at < elements.size(); at += at < 70 ? 1 : 31) {
        tile t{int8, view.outer == 1 ? tile_step::fuse : tile_step::measure,
               type, view};
        t.fill(elements);
        t.set(at, bad[at % 3]);
        t.set(elements.size() - 1, bad[0]);

        const auto outcome = t.run(device_under_test());

        BOOST_REQUIRE(outcome.non_finite);
        BOOST_REQUIRE_EQUAL(*outcome.non_finite, at);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(
  encoding_names_what_became_non_finite_since_it_was_measured) {
  for (const auto view : {channel_view{1, 1, 500}, channel_view{50, 10, 1}}) {
    tile t{int8, tile_step::encode, tensor_type::f32, view};
    t.fill(varied_elements(500));
    t.set(443, std::numeric_limits<float>::quiet_NaN());

    const auto outcome = t.run(device_under_test());

    BOOST_REQUIRE(outcome.non_finite);
    BOOST_TEST(*outcome.non_finite == 443u);
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trivium::accelerators::test

#include "actors/domain/tiling.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <random>
#include <sstream>

using namespace trivium;
using namespace trivium::domain;
using accelerators::channel_view;
using accelerators::tile_step;

namespace {

std::vector<tile_cut> int8_cuts(tensor_shape shape, size_t axis,
                                uint64_t tile_bytes) {
  return cut_tiles(scheme::int8_channel, shape, axis, tensor_type::f32,
                   tile_bytes)
    .value();
}

std::vector<tile_cut> only(tile_step step, const std::vector<tile_cut>& cuts) {
  std::vector<tile_cut> some;
  for (const auto& cut : cuts)
    if (cut.step == step)
      some.push_back(cut);
  return some;
}

/// True when the tiles of one step are [0, total) in order, without a hole.
bool cover(const std::vector<tile_cut>& cuts, uint64_t total) {
  uint64_t next = 0;
  for (const auto& cut : cuts) {
    if (cut.first_element != next || cut.elements() == 0)
      return false;
    next += cut.elements();
  }
  return next == total;
}

/// True when each element of the tile has the channel that its place in the
/// whole tensor gives it.
bool channels_agree(const tile_cut& cut, const channel_view& whole) {
  for (uint64_t i = 0; i < cut.elements(); ++i) {
    const auto in_tile =
      cut.first_channel + i / cut.view.inner % cut.view.channels;
    const auto in_tensor =
      (cut.first_element + i) / whole.inner % whole.channels;
    if (in_tile != in_tensor)
      return false;
  }
  return true;
}

} // namespace

BOOST_AUTO_TEST_SUITE(tiling)

BOOST_AUTO_TEST_CASE(channels_on_the_first_axis_are_fused_whole) {
  const auto cuts = int8_cuts({10, 100}, 0, 1600); // four channels a tile

  BOOST_TEST(cuts.size() == 3u);
  BOOST_TEST(only(tile_step::fuse, cuts).size() == 3u);
  BOOST_TEST(cover(cuts, 1000));
}

BOOST_AUTO_TEST_CASE(tiles_are_of_even_size) {
  const auto cuts = int8_cuts({9, 100}, 0, 3200); // eight channels fit

  BOOST_REQUIRE(cuts.size() == 2u);
  BOOST_TEST(cuts[0].view.channels == 5u);
  BOOST_TEST(cuts[1].view.channels == 4u);
  BOOST_TEST(cuts[1].first_channel == 5u);
}

BOOST_AUTO_TEST_CASE(a_channel_larger_than_a_tile_is_measured_then_encoded) {
  const auto cuts = int8_cuts({2, 100}, 0, 200); // 50 elements a tile

  const auto measured = only(tile_step::measure, cuts);
  const auto encoded = only(tile_step::encode, cuts);
  BOOST_TEST(measured.size() == 4u);
  BOOST_TEST(cover(measured, 200));
  BOOST_TEST(cover(encoded, 200));
  BOOST_TEST(encoded[3].first_channel == 1u);
  BOOST_TEST(encoded[3].view.channels == 1u);
}

BOOST_AUTO_TEST_CASE(channels_on_the_last_axis_are_cut_into_slabs) {
  const auto cuts = int8_cuts({100, 8}, 1, 320); // ten rows a tile

  const auto measured = only(tile_step::measure, cuts);
  BOOST_TEST(measured.size() == 10u);
  BOOST_TEST(measured[3].view.outer == 10u);
  BOOST_TEST(measured[3].view.channels == 8u);
  BOOST_TEST(measured[3].view.inner == 1u);
  BOOST_TEST(measured[3].first_channel == 0u);
  BOOST_TEST(measured[3].first_element == 240u);
}

BOOST_AUTO_TEST_CASE(a_row_larger_than_a_tile_is_cut_into_channel_ranges) {
  const auto cuts = int8_cuts({2, 100}, 1, 200);

  const auto encoded = only(tile_step::encode, cuts);
  BOOST_REQUIRE(encoded.size() == 4u);
  BOOST_TEST(encoded[3].first_element == 150u);
  BOOST_TEST(encoded[3].first_channel == 50u);
  BOOST_TEST(encoded[3].view.outer == 1u);
}

BOOST_AUTO_TEST_CASE(measuring_ends_before_encoding_begins) {
  const auto cuts = int8_cuts({64, 64}, 1, 512);

  const auto is_measure = [](const tile_cut& cut) {
    return cut.step == tile_step::measure;
  };
  BOOST_TEST(std::is_partitioned(cuts.begin(), cuts.end(), is_measure));
  BOOST_TEST(cuts.front().values_bytes == 0u);
}

BOOST_AUTO_TEST_CASE(q8_0_tiles_hold_whole_blocks) {
  const tensor_shape shape{3, 64};

  const auto cuts = cut_tiles(scheme::q8_0, shape, 0, tensor_type::f16,
                              200) // 100 elements: three blocks
                      .value();

  BOOST_REQUIRE(cuts.size() == 2u);
  BOOST_TEST(cuts[0].elements() == 96u);
  BOOST_TEST(cuts[1].first_element == 96u);
  BOOST_TEST(cuts[1].values_offset == 3u * 34);
  BOOST_TEST(cuts[1].values_bytes == 3u * 34);
  BOOST_TEST((cuts[1].step == tile_step::fuse));
}

BOOST_AUTO_TEST_CASE(q8_0_rows_that_cut_a_block_are_refused) {
  const tensor_shape shape{32, 33}; // 33 blocks in all, but not in a row

  const auto cuts = cut_tiles(scheme::q8_0, shape, 0, tensor_type::f32, 4096);

  BOOST_REQUIRE(!cuts);
  BOOST_TEST((cuts.error().code == ec::invalid_argument));
}

BOOST_AUTO_TEST_CASE(an_empty_tensor_has_no_tiles) {
  BOOST_TEST(int8_cuts({0, 5}, 0, 64).empty());
  BOOST_TEST(int8_cuts({5, 0}, 0, 64).empty());
  BOOST_TEST(
    int8_cuts({uint64_t{1} << 40, 0, uint64_t{1} << 20}, 0, 64).empty());
}

BOOST_AUTO_TEST_CASE(a_zero_does_not_hide_an_overflow) {
  const tensor_shape shape{0, uint64_t{1} << 40, uint64_t{1} << 40};

  BOOST_TEST(view_along(shape, 0)->elements() == 0u);
}

BOOST_AUTO_TEST_CASE(a_tile_smaller_than_an_element_holds_one) {
  BOOST_TEST(int8_cuts({3, 2}, 0, 1).size() == 12u);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_cut_is_refused) {
  const tensor_shape shape{4, 4};
  const auto cut = [&](scheme action, size_t axis, tensor_type type,
                       uint64_t bytes) {
    return cut_tiles(action, shape, axis, type, bytes).has_value();
  };

  BOOST_TEST(!cut(scheme::keep, 0, tensor_type::f32, 64));
  BOOST_TEST(!cut(scheme::int8_channel, 2, tensor_type::f32, 64));
  BOOST_TEST(!cut(scheme::int8_channel, 0, tensor_type::i8, 64));
  BOOST_TEST(!cut(scheme::int8_channel, 0, tensor_type::f32, 0));
  BOOST_TEST(cut(scheme::int8_channel, 0, tensor_type::f32, 64));
}

BOOST_AUTO_TEST_CASE(random_tensors_are_covered_once_a_step_within_the_size) {
  constexpr uint32_t seed = 7;
  std::mt19937 random{seed};
  const auto up_to = [&](uint64_t most) { return 1 + random() % most; };
  for (int round = 0; round < 3000; ++round) {
    tensor_shape shape(up_to(4));
    for (auto& dimension : shape)
      dimension = random() % 4 == 0 ? 1 : up_to(24);
    const auto axis = random() % shape.size();
    const auto is_q8 = random() % 4 == 0;
    if (is_q8)
      shape.back() = 32 * up_to(3);
    const auto type = random() % 2 == 0 ? tensor_type::f32 : tensor_type::bf16;
    const auto tile_bytes = up_to(random() % 2 == 0 ? 64 : 8192);
    std::ostringstream what;
    what << "seed " << seed << " round " << round << " shape "
         << to_string(shape) << " axis " << axis << " tile " << tile_bytes
         << (is_q8 ? " q8_0" : " int8");
    BOOST_TEST_CONTEXT(what.str()) {
      const auto action = is_q8 ? scheme::q8_0 : scheme::int8_channel;
      const auto cuts =
        cut_tiles(action, shape, axis, type, tile_bytes).value();

      const auto whole = view_along(shape, axis).value();
      const auto unit = is_q8 ? 32u : 1u;
      const auto most =
        std::max<uint64_t>(unit, tile_bytes / geometry(type).bytes);
      const auto values = is_q8 ? whole.elements() / 32 * 34 : whole.elements();
      uint64_t next_value = 0;
      for (const auto& cut : cuts) {
        BOOST_REQUIRE(cut.elements() <= most);
        BOOST_REQUIRE((cut.step != tile_step::fuse || cut.view.outer == 1));
        BOOST_REQUIRE((is_q8 || channels_agree(cut, whole)));
        if (cut.step == tile_step::measure)
          continue;
        BOOST_REQUIRE(cut.values_offset == next_value);
        next_value += cut.values_bytes;
      }
      BOOST_REQUIRE(next_value == values);
      const auto fused = only(tile_step::fuse, cuts);
      const auto measured = only(tile_step::measure, cuts);
      const auto encoded = only(tile_step::encode, cuts);
      if (fused.empty()) {
        BOOST_REQUIRE(cover(measured, whole.elements()));
        BOOST_REQUIRE(cover(encoded, whole.elements()));
      } else {
        BOOST_REQUIRE(cover(fused, whole.elements()));
        BOOST_REQUIRE((measured.empty() && encoded.empty()));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(fused_tiles_hold_whole_channels) {
  for (uint64_t tile = 4; tile < 400; tile += 4)
    for (const auto& cut : int8_cuts({7, 13}, 0, tile))
      if (cut.step == tile_step::fuse)
        BOOST_REQUIRE(cut.view.inner == 13u);
}

BOOST_AUTO_TEST_SUITE_END()

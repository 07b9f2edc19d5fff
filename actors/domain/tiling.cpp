#include "actors/domain/tiling.hpp"

#include <algorithm>

namespace trivium::domain {

namespace {

using accelerators::channel_view;
using accelerators::tile_step;

/// Calls body(first, count) over [0, total) in even parts of at most `most`.
template <class Body>
void in_parts(uint64_t total, uint64_t most, Body body) {
  if (total == 0)
    return;
  const auto parts = (total - 1) / most + 1;
  const auto smaller = total / parts;
  const auto larger = total % parts; // so many parts have one more
  uint64_t first = 0;
  for (uint64_t i = 0; i < parts; ++i) {
    const auto count = smaller + (i < larger ? 1 : 0);
    body(first, count);
    first += count;
  }
}

/// Contiguous tiles of `whole`, at most `most` elements each. A tile spans
/// several outer rows only with all their channels, and several channels only
/// with all of their inner elements: else it would not be contiguous.
std::vector<tile_cut> contiguous_tiles(const channel_view& whole,
                                       uint64_t most) {
  std::vector<tile_cut> cuts;
  const auto row = whole.channels * whole.inner;
  const auto add = [&](uint64_t first, uint64_t channel, channel_view view) {
    tile_cut cut;
    cut.first_element = first;
    cut.first_channel = channel;
    cut.view = view;
    cuts.push_back(cut);
  };
  if (row <= most) {
    in_parts(whole.outer, most / row, [&](uint64_t first, uint64_t count) {
      add(first * row, 0, {count, whole.channels, whole.inner});
    });
    return cuts;
  }
  for (uint64_t o = 0; o < whole.outer; ++o) {
    if (whole.inner <= most) {
      in_parts(
        whole.channels, most / whole.inner,
        [&](uint64_t first, uint64_t count) {
          add(o * row + first * whole.inner, first, {1, count, whole.inner});
        });
      continue;
    }
    for (uint64_t c = 0; c < whole.channels; ++c)
      in_parts(whole.inner, most, [&](uint64_t first, uint64_t count) {
        add(o * row + c * whole.inner + first, c, {1, 1, count});
      });
  }
  return cuts;
}

/// The tiles as `step`, with their int8 values: one byte an element.
void append_as(tile_step step, const std::vector<tile_cut>& tiles,
               std::vector<tile_cut>& out) {
  for (auto cut : tiles) {
    cut.step = step;
    cut.values_offset = cut.first_element;
    cut.values_bytes = step == tile_step::measure ? 0 : cut.elements();
    out.push_back(cut);
  }
}

std::vector<tile_cut> int8_tiles(const channel_view& whole, uint64_t most) {
  const auto tiles = contiguous_tiles(whole, most);
  std::vector<tile_cut> cuts;
  if (whole.outer == 1 && whole.inner <= most) {
    append_as(tile_step::fuse, tiles, cuts);
    return cuts;
  }
  cuts.reserve(2 * tiles.size());
  append_as(tile_step::measure, tiles, cuts);
  append_as(tile_step::encode, tiles, cuts);
  return cuts;
}

expected<std::vector<tile_cut>> q8_0_tiles(std::span<const uint64_t> shape,
                                           uint64_t elements, uint64_t most) {
  const auto block = geometry(tensor_type::q8_0);
  if (shape.empty() || shape.back() % block.elements != 0)
    return fail(ec::invalid_argument,
                "rows of shape " + to_string(shape) + " are no whole number of "
                  + std::to_string(block.elements) + "-element blocks");
  std::vector<tile_cut> cuts;
  in_parts(elements / block.elements,
           std::max<uint64_t>(1, most / block.elements),
           [&](uint64_t first, uint64_t count) {
             tile_cut cut;
             cut.first_element = first * block.elements;
             cut.view = {1, 1, count * block.elements};
             cut.values_offset = first * block.bytes;
             cut.values_bytes = count * block.bytes;
             cuts.push_back(cut);
           });
  return cuts;
}

} // namespace

expected<channel_view> view_along(std::span<const uint64_t> shape,
                                  size_t axis) {
  if (axis >= shape.size())
    return fail(ec::invalid_argument, "shape " + to_string(shape)
                                        + " has no axis "
                                        + std::to_string(axis));
  TRIVIUM_CHECK(element_count(shape));
  channel_view view;
  // A zero elsewhere would hide an overflow of these products from the check
  // above; such a tensor is empty.
  if (std::find(shape.begin(), shape.end(), 0) != shape.end())
    return channel_view{0, shape[axis], 0};
  for (size_t i = 0; i < axis; ++i)
    view.outer *= shape[i];
  view.channels = shape[axis];
  for (size_t i = axis + 1; i < shape.size(); ++i)
    view.inner *= shape[i];
  return view;
}

expected<std::vector<tile_cut>>
cut_tiles(scheme action, std::span<const uint64_t> shape, size_t channel_axis,
          tensor_type source, uint64_t tile_bytes) {
  if (action == scheme::keep || tile_bytes == 0)
    return fail(ec::invalid_argument,
                "nothing to cut: scheme " + std::string{to_string(action)}
                  + ", tiles of " + std::to_string(tile_bytes) + " bytes");
  if (!is_quantizable_source(source))
    return fail(ec::invalid_argument, "type " + std::string{to_string(source)}
                                        + " is no source for quantization");
  TRIVIUM_TRY(const auto view, view_along(shape, channel_axis));
  if (view.elements() == 0)
    return std::vector<tile_cut>{};
  const auto most = std::max<uint64_t>(1, tile_bytes / geometry(source).bytes);
  if (action == scheme::q8_0)
    return q8_0_tiles(shape, view.elements(), most);
  return int8_tiles(view, most);
}

} // namespace trivium::domain

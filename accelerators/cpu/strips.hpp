#pragma once

#include "accelerators/cpu/kernel_table.hpp"
#include "accelerators/tile.hpp"

#include <algorithm>
#include <span>

namespace trivium::accelerators {

/// A few columns of a tile's rows. A row is one [channels, inner] slab; short
/// rows are taken several at a time, as one row with repeating scales.
struct strip {
  uint64_t first = 0;      ///< Element of the tile where it begins.
  uint64_t column = 0;     ///< Of that element, in its row.
  uint64_t row_length = 1; ///< channels · inner.
  uint64_t inner = 1;
  strip_shape shape;

  [[nodiscard]] uint64_t channel(uint32_t at) const {
    return (column + at) % row_length / inner;
  }
};

/// Calls `body(strip)` until it is false or each element was in one strip.
template <class Body>
void for_each_strip(const channel_view& view, Body body) {
  const uint64_t length = view.channels * view.inner;
  if (view.elements() == 0)
    return;
  if (length > strip_width) {
    for (uint64_t column = 0; column < length; column += strip_width) {
      const auto width =
        static_cast<uint32_t>(std::min<uint64_t>(strip_width, length - column));
      if (!body(strip{
            column, column, length, view.inner, {view.outer, length, width}}))
        return;
    }
    return;
  }
  const uint64_t together = std::min(view.outer, strip_width / length);
  const uint64_t rows = view.outer / together;
  const uint64_t rest = view.outer % together;
  const auto width = static_cast<uint32_t>(together * length);
  if (!body(strip{0, 0, length, view.inner, {rows, width, width}}))
    return;
  const auto last = static_cast<uint32_t>(rest * length);
  if (rest != 0)
    body(strip{rows * width, 0, length, view.inner, {1, last, last}});
}

/// What the kernels need of the scales of a strip's columns.
[[nodiscard]] strip_scales scales_of(const strip& s,
                                     std::span<const float> scales);

} // namespace trivium::accelerators

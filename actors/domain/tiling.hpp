#pragma once

#include "accelerators/tile.hpp"
#include "messages/values/ec.hpp"
#include "messages/values/recipe.hpp"
#include "messages/values/tensor_type.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace trivium::domain {

/// One tile of a tensor: a contiguous run of source elements and where its
/// values and scales go.
struct tile_cut {
  accelerators::tile_step step = accelerators::tile_step::fuse;
  uint64_t first_element = 0;      ///< Of the tensor, row-major.
  accelerators::channel_view view; ///< Shape of the tile; its elements.
  uint64_t first_channel = 0;      ///< Scales [first, first + view.channels).
  uint64_t values_offset = 0;      ///< Bytes, in the tensor's values.
  uint64_t values_bytes = 0;       ///< 0 for a measure tile.

  [[nodiscard]] uint64_t elements() const { return view.elements(); }
};

/// `shape` seen as [outer, channels, inner] around `axis`. Error:
/// invalid_argument when the axis is not there or the product overflows.
[[nodiscard]] expected<accelerators::channel_view>
view_along(std::span<const uint64_t> shape, size_t axis);

/// Cuts a tensor into tiles of at most `tile_bytes` of source (at least one
/// element; one block of 32 for q8_0), of even size, in the order in which
/// they may run: every measure tile stands before the first encode tile, and
/// the caller lets them all end before it sends that one.
///
/// - q8_0: whole blocks; view [1, 1, elements], step fuse, no scales.
/// - channels on the first axis (outer = 1): whole channels, step fuse; where
///   one channel is larger than a tile, pieces of it, measured then encoded.
/// - else: slabs of whole outer rows, or channel ranges of one row where a row
///   is larger than a tile, or pieces of one channel; measured then encoded.
///
/// An empty tensor has no tiles. Errors: invalid_argument for `keep`, a tile
/// size of 0, a source that kernels cannot read, or q8_0 rows that are no
/// multiple of 32.
[[nodiscard]] expected<std::vector<tile_cut>>
cut_tiles(scheme action, std::span<const uint64_t> shape, size_t channel_axis,
          tensor_type source, uint64_t tile_bytes);

} // namespace trivium::domain

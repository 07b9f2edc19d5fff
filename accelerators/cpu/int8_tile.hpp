#pragma once

#include "accelerators/cpu/kernel_table.hpp"
#include "accelerators/tile.hpp"

namespace trivium::accelerators {

/// One tile of int8_channel or int8_row_ct, any step and layout. Channels whose
/// elements lie together in long runs are taken run by run; others strip by
/// strip along the rows of the tile (see strips.hpp).
/// False: an element may not be finite, and nothing else holds.
/// @pre check(call).
[[nodiscard]] bool run_int8(const source_kernels& kernels,
                            const tile_call& call, kernel_sums* sums);

} // namespace trivium::accelerators

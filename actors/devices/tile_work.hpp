#pragma once

#include "accelerators/device.hpp"
#include "storage/file_io/readable_file.hpp"
#include "storage/file_io/staged_file.hpp"

#include <memory>
#include <vector>

namespace trivium::actors {

/// One tile with everything a lane needs: where to read, what to compute,
/// where to write. Shared, immutable after it was made.
struct tile_work {
  uint64_t tensor = 0; ///< Of the job's model.
  std::string tensor_name;
  uint64_t number = 0; ///< Of the tile within the tensor's step.
  scheme action = scheme::keep;
  accelerators::tile_step step = accelerators::tile_step::fuse;
  accelerators::channel_view view;
  uint64_t first_channel = 0;

  tensor_type source_type = tensor_type::f32;
  tensor_type scale_type = tensor_type::f32;
  /// The source's bytes: [offset, offset + size) of a file, or of `held`.
  std::shared_ptr<const storage::readable_file> file;
  std::shared_ptr<const std::vector<std::byte>> held;
  uint64_t source_offset = 0;
  uint64_t source_size = 0;

  /// All scales of the tensor (encode).
  std::shared_ptr<const std::vector<float>> scales;

  /// Where the values go (fuse, encode).
  std::shared_ptr<const storage::staged_file> output;
  uint64_t output_offset = 0;
  uint64_t output_size = 0;

  /// The run queue's order: lower first, then narrower, then older.
  int priority = 0;
  unsigned bits = 8;
};

struct tile_result {
  uint64_t tensor = 0;
  uint64_t number = 0;
  accelerators::tile_outcome outcome;
  std::vector<float> scales;         ///< fuse: of the tile's channels.
  std::vector<uint32_t> absmax_bits; ///< measure: of the tile's channels.
};

/// A lane's memory, reused from tile to tile.
struct tile_scratch {
  std::vector<std::byte> source;
  std::vector<std::byte> values;
};

/// Reads, computes, writes, and gives the source's pages back. Blocks. Errors:
/// those of reading, of the device and of writing.
[[nodiscard]] expected<tile_result> run_tile(accelerators::lane& lane,
                                             const tile_work& tile,
                                             tile_scratch& scratch);

} // namespace trivium::actors

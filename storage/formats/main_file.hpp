#pragma once

#include "storage/formats/model_source.hpp"

namespace trivium::storage {

/// Puts the file that opens the model (graph, shard index, single weights
/// file) in front: a manifest is sorted by path and does not say which it is.
/// Told by content, among the files that hold weights or configuration. Errors:
/// those of reading; data_loss when no file opens a model of that format.
[[nodiscard]] expected<void> bring_main_file_first(model_files& model);

} // namespace trivium::storage

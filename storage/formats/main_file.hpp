#pragma once

#include "storage/formats/model_source.hpp"

namespace trivium::storage {

/// The file that opens the model (graph, shard index, single weights file): the
/// one file at the top that has the model's format and names all other files
/// with weights. A manifest is sorted by path and does not say which it is;
/// this depends on the files alone, in whatever order. Errors: data_loss when
/// no file is that, or its own error when it cannot be read; invalid_argument
/// when several are.
[[nodiscard]] expected<size_t> find_main_file(const model_files& model);

/// Puts that file in front.
[[nodiscard]] expected<void> bring_main_file_first(model_files& model);

} // namespace trivium::storage

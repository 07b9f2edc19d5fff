#pragma once

#include "storage/formats/content.hpp"

#include <string>
#include <vector>

namespace trivium::storage {

/// The files that `main`, recognised as `content`, says the model's weights
/// are in: an index its shards, an ONNX graph its external data; sorted, each
/// once. Errors: those of its format.
[[nodiscard]] expected<std::vector<std::string>>
files_named_by(const readable_file& main, const file_content& content);

} // namespace trivium::storage

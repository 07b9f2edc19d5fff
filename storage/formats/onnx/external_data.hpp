#pragma once

#include "messages/values/ec.hpp"

#include <string>
#include <vector>

namespace trivium::storage {

class readable_file;

/// The files, relative to the model's folder, that the tensors of an ONNX
/// model name as external data; sorted, unique, in the form of an artifact
/// path. Errors: invalid_argument for what is no ONNX model or a broken entry,
/// permission_denied for a location that is absolute or has "..".
[[nodiscard]] expected<std::vector<std::string>>
onnx_external_files(const readable_file& model);

} // namespace trivium::storage

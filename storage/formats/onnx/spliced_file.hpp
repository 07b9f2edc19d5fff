#pragma once

#include "storage/formats/onnx/onnx_proto.hpp"
#include "storage/formats/onnx/tensor_content.hpp"
#include "storage/formats/output_layout.hpp"

#include <vector>

namespace trivium::storage::onnx_io {

/// The serialised model with every token replaced by what it stands for. The
/// same model and contents give the same bytes. The path and role of the result
/// are left to the caller. Errors: invalid_argument when sizes overflow or the
/// model forges a token.
[[nodiscard]] expected<output_file>
splice(const ::onnx::ModelProto& model,
       const std::vector<tensor_content>& contents);

/// Moves the data of the main graph's initializers that are longer than
/// inline_bytes out of the model: they become external data at `location`,
/// aligned to 4096 bytes. Returns that file.
[[nodiscard]] expected<output_file>
move_out(::onnx::ModelProto& model, const std::vector<tensor_content>& contents,
         const std::string& location);

} // namespace trivium::storage::onnx_io

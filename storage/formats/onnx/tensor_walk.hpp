#pragma once

#include "messages/values/ec.hpp"
#include "storage/formats/onnx/onnx_proto.hpp"

#include <functional>

namespace trivium::storage::onnx_io {

using tensor_visitor = std::function<expected<void>(::onnx::TensorProto&)>;

/// Calls `visit` for every TensorProto of the model in the order of the file:
/// initializers, attributes, sparse ones, also inside subgraphs, functions and
/// training information. Stops at the first error.
[[nodiscard]] expected<void> for_each_tensor(::onnx::ModelProto& model,
                                             const tensor_visitor& visit);

} // namespace trivium::storage::onnx_io

#pragma once

#include "messages/values/tensor_value.hpp"
#include "storage/formats/onnx/onnx_proto.hpp"

#include <vector>

namespace trivium::storage::onnx_io {

/// What a caller must feed: the graph's inputs without initializers. Type
/// `unknown` where the graph does not say, or says something that is no tensor.
[[nodiscard]] std::vector<tensor_signature>
graph_inputs(const ::onnx::GraphProto& graph);

[[nodiscard]] std::vector<tensor_signature>
graph_outputs(const ::onnx::GraphProto& graph);

} // namespace trivium::storage::onnx_io

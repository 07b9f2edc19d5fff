#pragma once

#include "messages/values/tensor_type.hpp"
#include "storage/formats/onnx/graph_values.hpp"

#include <optional>
#include <string>
#include <vector>

namespace trivium::storage::onnx_io {

/// What a graph does with one weight.
struct weight_use {
  std::vector<std::string> operators; ///< What reads it; sorted, unique.
  std::optional<size_t> channel_axis; ///< Of the weight as it is stored.
  std::string keep_reason;            ///< Why there is no axis.
};

/// The readers of the main graph's value `name`, through any chain of Identity
/// and Transpose. A weight gets an axis when every reader either can take an
/// int8 weight or asks only for the shape; when readers want different axes,
/// most of them decide, then the lower axis.
[[nodiscard]] weight_use use_of(const graph_values& values,
                                const std::string& name,
                                const tensor_shape& shape);

/// True for "" and "ai.onnx".
[[nodiscard]] bool is_default_domain(const std::string& domain);

/// The output channel of a weight of `rank` axes that `node` reads as its
/// `input`-th input; nothing when the operator cannot take one there.
/// MatMul [.., K, N]: N, as left operand [.., M, K]: M; Gemm by transA, transB;
/// Conv [M, C/group, ..]: M; ConvTranspose [C, M/group, ..]: M/group; Gather
/// along axis 0: axis 0.
[[nodiscard]] std::optional<size_t>
output_channel_axis(const ::onnx::NodeProto& node, int input, size_t rank);

} // namespace trivium::storage::onnx_io

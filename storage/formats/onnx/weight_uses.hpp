#pragma once

#include "messages/values/tensor_type.hpp"
#include "storage/formats/onnx/onnx_proto.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace trivium::storage::onnx_io {

/// What the graph does with one weight.
struct weight_use {
  std::vector<std::string> operators; ///< What reads it; sorted, unique.
  std::optional<size_t> channel_axis; ///< Of the weight as it is stored.
  std::string keep_reason;            ///< Why there is no axis.
};

/// Who reads which value: of the main graph and of the subgraphs below it, by
/// the scoping rules of ONNX IR ("Names Within a Graph").
class weight_uses {
public:
  /// Errors: invalid_argument when a name of the main graph is defined twice or
  /// its nodes form a cycle. `graph` has to stay alive.
  [[nodiscard]] static expected<weight_uses>
  make(const ::onnx::GraphProto& graph);

  weight_uses(weight_uses&&) noexcept;
  weight_uses& operator=(weight_uses&&) noexcept;
  ~weight_uses();

  /// The readers of the main graph's value `name`, through any chain of
  /// Identity and Transpose. A weight gets an axis when every reader either can
  /// take an int8 weight or asks only for the shape; when readers want
  /// different axes, most of them decide, then the lower axis.
  [[nodiscard]] weight_use use_of(const std::string& name,
                                  const tensor_shape& shape) const;

private:
  struct index;
  explicit weight_uses(std::unique_ptr<const index> index);

  std::unique_ptr<const index> index_;
};

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

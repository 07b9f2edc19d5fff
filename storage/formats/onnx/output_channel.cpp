#include "storage/formats/onnx/weight_uses.hpp"

namespace trivium::storage::onnx_io {

namespace {

int64_t integer(const ::onnx::NodeProto& node, std::string_view name) {
  for (const auto& attribute : node.attribute())
    if (attribute.name() == name)
      return attribute.i();
  return 0; // the default of every attribute that is asked for here
}

} // namespace

bool is_default_domain(const std::string& domain) {
  return domain.empty() || domain == "ai.onnx";
}

std::optional<size_t> output_channel_axis(const ::onnx::NodeProto& node,
                                          int input, size_t rank) {
  if (!is_default_domain(node.domain()) || rank < 2)
    return std::nullopt;
  const auto& op = node.op_type();
  if (op == "MatMul")
    return input == 1 ? rank - 1 : rank - 2;
  if (op == "Gemm" && rank == 2 && input == 1)
    return integer(node, "transB") != 0 ? 0 : 1;
  if (op == "Gemm" && rank == 2 && input == 0)
    return integer(node, "transA") != 0 ? 1 : 0;
  if (op == "Conv" && rank > 2 && input == 1)
    return 0;
  if (op == "ConvTranspose" && rank > 2 && input == 1)
    return 1;
  if (op == "Gather" && input == 0) {
    const auto axis = integer(node, "axis");
    if (axis == 0 || axis == -static_cast<int64_t>(rank))
      return 0;
  }
  return std::nullopt;
}

} // namespace trivium::storage::onnx_io

#include "storage/formats/onnx/graph_signature.hpp"

#include "storage/formats/onnx/element_type.hpp"

#include <unordered_set>

namespace trivium::storage::onnx_io {

namespace {

tensor_signature signature(const ::onnx::ValueInfoProto& value) {
  tensor_signature result{value.name(), tensor_type::unknown, {}};
  if (!value.type().has_tensor_type())
    return result;
  const auto& type = value.type().tensor_type();
  result.type = element_type_of(type.elem_type()).type;
  for (const auto& dimension : type.shape().dim())
    result.shape.push_back(dimension.has_dim_value()
                               && dimension.dim_value() >= 0
                             ? dimension.dim_value()
                             : -1);
  return result;
}

} // namespace

std::vector<tensor_signature> graph_inputs(const ::onnx::GraphProto& graph) {
  std::unordered_set<std::string> held;
  for (const auto& tensor : graph.initializer())
    held.insert(tensor.name());
  for (const auto& tensor : graph.sparse_initializer())
    held.insert(tensor.values().name());
  std::vector<tensor_signature> inputs;
  for (const auto& input : graph.input())
    if (held.count(input.name()) == 0)
      inputs.push_back(signature(input));
  return inputs;
}

std::vector<tensor_signature> graph_outputs(const ::onnx::GraphProto& graph) {
  std::vector<tensor_signature> outputs;
  for (const auto& output : graph.output())
    outputs.push_back(signature(output));
  return outputs;
}

} // namespace trivium::storage::onnx_io

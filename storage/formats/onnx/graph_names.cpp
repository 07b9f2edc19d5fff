#include "storage/formats/onnx/graph_names.hpp"

namespace trivium::storage::onnx_io {

std::string graph_names::make(const std::string& wanted) {
  auto name = wanted;
  for (size_t i = 2; !used_.insert(name).second; ++i)
    name = wanted + "_" + std::to_string(i);
  return name;
}

void graph_names::add(const ::onnx::GraphProto& graph) {
  for (const auto& value : graph.input())
    used_.insert(value.name());
  for (const auto& value : graph.output())
    used_.insert(value.name());
  for (const auto& value : graph.value_info())
    used_.insert(value.name());
  for (const auto& tensor : graph.initializer())
    used_.insert(tensor.name());
  for (const auto& tensor : graph.sparse_initializer())
    used_.insert(tensor.values().name());
  for (const auto& node : graph.node()) {
    used_.insert(node.name());
    used_.insert(node.input().begin(), node.input().end());
    used_.insert(node.output().begin(), node.output().end());
    for (const auto& attribute : node.attribute()) {
      if (attribute.has_g())
        add(attribute.g());
      for (const auto& inner : attribute.graphs())
        add(inner);
    }
  }
}

} // namespace trivium::storage::onnx_io

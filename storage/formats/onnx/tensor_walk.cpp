#include "storage/formats/onnx/tensor_walk.hpp"

namespace trivium::storage::onnx_io {

namespace {

/// Recursion ends: the scan has limited the depth of the messages.
class walk {
public:
  explicit walk(const tensor_visitor& visit) : visit_(visit) {}

  expected<void> model(::onnx::ModelProto& m) {
    TRIVIUM_CHECK(graph(*m.mutable_graph()));
    for (auto& info : *m.mutable_training_info()) {
      if (info.has_initialization())
        TRIVIUM_CHECK(graph(*info.mutable_initialization()));
      if (info.has_algorithm())
        TRIVIUM_CHECK(graph(*info.mutable_algorithm()));
    }
    for (auto& function : *m.mutable_functions())
      TRIVIUM_CHECK(nodes(*function.mutable_node()));
    return {};
  }

private:
  expected<void> graph(::onnx::GraphProto& g) {
    TRIVIUM_CHECK(nodes(*g.mutable_node()));
    for (auto& tensor : *g.mutable_initializer())
      TRIVIUM_CHECK(visit_(tensor));
    for (auto& tensor : *g.mutable_sparse_initializer())
      TRIVIUM_CHECK(sparse(tensor));
    return {};
  }

  template <class Nodes>
  expected<void> nodes(Nodes& list) {
    for (auto& node : list)
      for (auto& a : *node.mutable_attribute())
        TRIVIUM_CHECK(attribute(a));
    return {};
  }

  expected<void> attribute(::onnx::AttributeProto& a) {
    if (a.has_t())
      TRIVIUM_CHECK(visit_(*a.mutable_t()));
    if (a.has_g())
      TRIVIUM_CHECK(graph(*a.mutable_g()));
    if (a.has_sparse_tensor())
      TRIVIUM_CHECK(sparse(*a.mutable_sparse_tensor()));
    for (auto& tensor : *a.mutable_tensors())
      TRIVIUM_CHECK(visit_(tensor));
    for (auto& g : *a.mutable_graphs())
      TRIVIUM_CHECK(graph(g));
    for (auto& tensor : *a.mutable_sparse_tensors())
      TRIVIUM_CHECK(sparse(tensor));
    return {};
  }

  expected<void> sparse(::onnx::SparseTensorProto& s) {
    if (s.has_values())
      TRIVIUM_CHECK(visit_(*s.mutable_values()));
    if (s.has_indices())
      TRIVIUM_CHECK(visit_(*s.mutable_indices()));
    return {};
  }

  const tensor_visitor& visit_;
};

} // namespace

expected<void> for_each_tensor(::onnx::ModelProto& model,
                               const tensor_visitor& visit) {
  return walk{visit}.model(model);
}

} // namespace trivium::storage::onnx_io

#include "tests/unit/executor/small_graphs.hpp"

#include <onnx/onnx_pb.h>

namespace trivium::accelerators::test {

namespace {

using onnx::GraphProto;
using onnx::TensorProto;

void declare(onnx::ValueInfoProto& value, const std::string& name, int type,
             const std::vector<int64_t>& shape) {
  value.set_name(name);
  auto& tensor = *value.mutable_type()->mutable_tensor_type();
  tensor.set_elem_type(type);
  tensor.mutable_shape();
  for (const auto dimension : shape) {
    auto& wire = *tensor.mutable_shape()->add_dim();
    if (dimension < 0)
      wire.set_dim_param("n");
    else
      wire.set_dim_value(dimension);
  }
}

onnx::NodeProto& node(GraphProto& graph, const std::string& type,
                      const std::vector<std::string>& inputs,
                      const std::vector<std::string>& outputs) {
  auto& made = *graph.add_node();
  made.set_op_type(type);
  made.set_name(type);
  for (const auto& name : inputs)
    made.add_input(name);
  for (const auto& name : outputs)
    made.add_output(name);
  return made;
}

void set_axis(onnx::NodeProto& node, int64_t axis) {
  auto& attribute = *node.add_attribute();
  attribute.set_name("axis");
  attribute.set_type(onnx::AttributeProto::INT);
  attribute.set_i(axis);
}

TensorProto& initializer(GraphProto& graph, const std::string& name, int type,
                         const std::vector<int64_t>& shape) {
  auto& tensor = *graph.add_initializer();
  tensor.set_name(name);
  tensor.set_data_type(type);
  for (const auto dimension : shape)
    tensor.add_dims(dimension);
  return tensor;
}

/// int8 values and one scale a channel that look like weights, the same on
/// every machine.
int weight(int64_t index) {
  return static_cast<int>((index * 7919 + 31) % 255) - 127;
}
float scale(int64_t channel) {
  return 0.001F + 0.0003F * static_cast<float>(channel % 13);
}

/// Adds the weights `w`, whose channel axis is `axis`.
void add_weights(GraphProto& graph, const std::vector<int64_t>& shape,
                 size_t axis, bool dequantized) {
  int64_t elements = 1;
  int64_t inner = 1;
  for (size_t i = 0; i < shape.size(); ++i) {
    elements *= shape[i];
    inner *= i > axis ? shape[i] : 1;
  }
  const auto channel = [&](int64_t i) { return i / inner % shape[axis]; };
  if (dequantized) {
    auto& w = initializer(graph, "w", TensorProto::FLOAT, shape);
    for (int64_t i = 0; i < elements; ++i)
      w.add_float_data(static_cast<float>(weight(i)) * scale(channel(i)));
    return;
  }
  auto& q = initializer(graph, "q", TensorProto::INT8, shape);
  for (int64_t i = 0; i < elements; ++i)
    q.add_int32_data(weight(i));
  auto& s = initializer(graph, "s", TensorProto::FLOAT, {shape[axis]});
  for (int64_t i = 0; i < shape[axis]; ++i)
    s.add_float_data(scale(i));
  set_axis(node(graph, "DequantizeLinear", {"q", "s"}, {"w"}),
           static_cast<int64_t>(axis));
}

std::string serialized(onnx::ModelProto& model) {
  model.set_ir_version(7);
  model.mutable_graph()->set_name("small");
  auto& opset = *model.add_opset_import();
  opset.set_domain("");
  opset.set_version(13);
  return model.SerializeAsString();
}

} // namespace

std::string linear_graph(int64_t inputs, int64_t outputs, bool dequantized) {
  onnx::ModelProto model;
  auto& graph = *model.mutable_graph();
  declare(*graph.add_input(), "x", TensorProto::FLOAT, {-1, inputs});
  declare(*graph.add_output(), "y", TensorProto::FLOAT, {-1, outputs});
  add_weights(graph, {inputs, outputs}, 1, dequantized);
  node(graph, "MatMul", {"x", "w"}, {"y"});
  return serialized(model);
}

std::string convolution_graph(bool dequantized) {
  onnx::ModelProto model;
  auto& graph = *model.mutable_graph();
  declare(*graph.add_input(), "x", TensorProto::FLOAT, {1, 8, 16, 16});
  declare(*graph.add_output(), "y", TensorProto::FLOAT, {1, 16, 14, 14});
  add_weights(graph, {16, 8, 3, 3}, 0, dequantized);
  node(graph, "Conv", {"x", "w"}, {"y"});
  return serialized(model);
}

std::string comparison_graph() {
  onnx::ModelProto model;
  auto& graph = *model.mutable_graph();
  declare(*graph.add_input(), "a", TensorProto::INT64, {-1});
  declare(*graph.add_output(), "is_large", TensorProto::BOOL, {-1});
  initializer(graph, "two", TensorProto::INT64, {}).add_int64_data(2);
  node(graph, "Greater", {"a", "two"}, {"is_large"});
  return serialized(model);
}

std::string unknown_operator_graph() {
  onnx::ModelProto model;
  auto& graph = *model.mutable_graph();
  declare(*graph.add_input(), "x", TensorProto::FLOAT, {1});
  declare(*graph.add_output(), "y", TensorProto::FLOAT, {1});
  node(graph, "Frobnicate", {"x"}, {"y"}).set_domain("org.example");
  return serialized(model);
}

std::string endless_graph() {
  onnx::ModelProto model;
  auto& graph = *model.mutable_graph();
  declare(*graph.add_input(), "x", TensorProto::FLOAT, {1});
  declare(*graph.add_output(), "y", TensorProto::FLOAT, {1});
  initializer(graph, "rounds", TensorProto::INT64, {})
    .add_int64_data(int64_t{1} << 62);
  initializer(graph, "yes", TensorProto::BOOL, {}).add_int32_data(1);
  auto& loop = node(graph, "Loop", {"rounds", "yes", "x"}, {"y"});
  auto& attribute = *loop.add_attribute();
  attribute.set_name("body");
  attribute.set_type(onnx::AttributeProto::GRAPH);
  auto& body = *attribute.mutable_g();
  body.set_name("body");
  declare(*body.add_input(), "i", TensorProto::INT64, {});
  declare(*body.add_input(), "go_on", TensorProto::BOOL, {});
  declare(*body.add_input(), "before", TensorProto::FLOAT, {1});
  declare(*body.add_output(), "go_on_out", TensorProto::BOOL, {});
  declare(*body.add_output(), "after", TensorProto::FLOAT, {1});
  node(body, "Identity", {"go_on"}, {"go_on_out"});
  node(body, "Sin", {"before"}, {"after"});
  return serialized(model);
}

std::string expanding_graph() {
  onnx::ModelProto model;
  auto& graph = *model.mutable_graph();
  declare(*graph.add_input(), "shape", TensorProto::INT64, {1});
  declare(*graph.add_output(), "y", TensorProto::FLOAT, {-1});
  node(graph, "ConstantOfShape", {"shape"}, {"y"});
  return serialized(model);
}

} // namespace trivium::accelerators::test

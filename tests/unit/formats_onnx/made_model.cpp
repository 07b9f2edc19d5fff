#include "tests/unit/formats_onnx/made_model.hpp"

#include "tests/support/expected_checks.hpp"
#include "tests/support/materialise.hpp"

#include <cstring>
#include <fstream>
#include <sstream>

namespace trivium::test {

using namespace storage;

made_model::made_model(int64_t opset, int64_t ir_version)
  : graph(*proto.mutable_graph()) {
  proto.set_ir_version(ir_version);
  proto.add_opset_import()->set_version(opset);
  graph.set_name("g");
}

namespace {

void describe(::onnx::ValueInfoProto& value, const std::string& name,
              const dims& shape) {
  value.set_name(name);
  auto& type = *value.mutable_type()->mutable_tensor_type();
  type.set_elem_type(::onnx::TensorProto::FLOAT);
  for (const auto dimension : shape)
    type.mutable_shape()->add_dim()->set_dim_value(dimension);
}

void fill(::onnx::TensorProto& tensor, const std::string& name,
          const dims& shape) {
  tensor.set_name(name);
  tensor.set_data_type(::onnx::TensorProto::FLOAT);
  int64_t count = 1;
  for (const auto dimension : shape) {
    tensor.add_dims(dimension);
    count *= dimension;
  }
  std::vector<float> values(static_cast<size_t>(count));
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<float>(i + 1);
  tensor.set_raw_data(floats(values));
}

std::string read(const std::filesystem::path& path) {
  std::ifstream stream{path, std::ios::binary};
  std::ostringstream bytes;
  bytes << stream.rdbuf();
  return bytes.str();
}

} // namespace

made_model& made_model::input(const std::string& name, const dims& shape) {
  describe(*graph.add_input(), name, shape);
  return *this;
}

made_model& made_model::output(const std::string& name, const dims& shape) {
  describe(*graph.add_output(), name, shape);
  return *this;
}

::onnx::TensorProto& made_model::tensor(const std::string& name,
                                        int32_t data_type, const dims& shape,
                                        size_t bytes, char fill) {
  auto& added = *graph.add_initializer();
  added.set_name(name);
  added.set_data_type(data_type);
  for (const auto dimension : shape)
    added.add_dims(dimension);
  added.set_raw_data(std::string(bytes, fill));
  return added;
}

::onnx::TensorProto& made_model::weight(const std::string& name,
                                        const dims& shape) {
  fill(*graph.add_initializer(), name, shape);
  return *graph.mutable_initializer(graph.initializer_size() - 1);
}

::onnx::NodeProto& made_model::constant(const std::string& name,
                                        const dims& shape) {
  auto& added = node("Constant", {}, name);
  auto& attribute = *added.add_attribute();
  attribute.set_name("value");
  attribute.set_type(::onnx::AttributeProto::TENSOR);
  fill(*attribute.mutable_t(), "", shape);
  return added;
}

::onnx::NodeProto& made_model::node(const std::string& op,
                                    const std::vector<std::string>& inputs,
                                    const std::string& output) {
  auto& added = *graph.add_node();
  added.set_op_type(op);
  for (const auto& input : inputs)
    added.add_input(input);
  added.add_output(output);
  return added;
}

made_model one_matmul(int64_t opset, int64_t rows, int64_t columns) {
  made_model model{opset};
  model.input("x", {2, rows}).output("y", {2, columns});
  model.weight("w", {rows, columns});
  model.node("MatMul", {"x", "w"}, "y");
  return model;
}

void set_attribute(::onnx::NodeProto& node, const std::string& name,
                   int64_t value) {
  auto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(::onnx::AttributeProto::INT);
  attribute.set_i(value);
}

void set_attribute(::onnx::NodeProto& node, const std::string& name,
                   const std::vector<int64_t>& values) {
  auto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(::onnx::AttributeProto::INTS);
  for (const auto value : values)
    attribute.add_ints(value);
}

::onnx::GraphProto& add_subgraph(::onnx::NodeProto& node,
                                 const std::string& name) {
  auto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(::onnx::AttributeProto::GRAPH);
  attribute.mutable_g()->set_name(name);
  return *attribute.mutable_g();
}

void make_external(
  ::onnx::TensorProto& tensor,
  const std::vector<std::pair<std::string, std::string>>& entries) {
  tensor.clear_raw_data();
  tensor.set_data_location(::onnx::TensorProto::EXTERNAL);
  for (const auto& [key, value] : entries) {
    auto& entry = *tensor.add_external_data();
    entry.set_key(key);
    entry.set_value(value);
  }
}

std::string floats(const std::vector<float>& values) {
  std::string bytes(values.size() * sizeof(float), '\0');
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

expected<std::unique_ptr<model_source>>
open_bytes(const std::string& bytes, const other_files& others,
           const onnx_options& options) {
  const temporary_folder folder; // what is open outlives the names
  model_files files{model_format::onnx, {}};
  const auto add = [&](const std::string& name, const std::string& content) {
    const auto path = folder / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream{path, std::ios::binary} << content;
    files.files.push_back(
      {name, file_role::weights, must(readable_file::open(path))});
  };
  add("model.onnx", bytes);
  for (const auto& [name, content] : others)
    add(name, content);
  return open_onnx(std::move(files), options);
}

std::unique_ptr<model_source> opened(const made_model& model,
                                     const other_files& others,
                                     const onnx_options& options) {
  return must(open_bytes(model.bytes(), others, options));
}

std::string refusal(const made_model& model, const other_files& others) {
  const auto source = open_bytes(model.bytes(), others);
  return source ? "opened"
                : std::string{to_string(source.error().code)} + ": "
                    + source.error().text;
}

const tensor_info& tensor_named(const model_source& source,
                                const std::string& name) {
  for (const auto& tensor : source.tensors())
    if (tensor.name == name)
      return tensor;
  BOOST_FAIL("no tensor " << name);
  return source.tensors()[0];
}

variant::variant(const model_source& source, scheme action) {
  const auto plan = test::plan_all(source, action);
  const auto layout = must(source.lay_out(plan));
  must(test::materialise(source, plan, layout, folder.path()));
  BOOST_REQUIRE(proto.ParseFromString(file("model.onnx")));
}

std::string variant::file(const std::string& name) const {
  return read(folder / name);
}

const ::onnx::TensorProto& variant::initializer(const std::string& name) const {
  for (const auto& tensor : proto.graph().initializer())
    if (tensor.name() == name)
      return tensor;
  BOOST_FAIL("no initializer " << name);
  return proto.graph().initializer(0);
}

bool variant::has_initializer(const std::string& name) const {
  for (const auto& tensor : proto.graph().initializer())
    if (tensor.name() == name)
      return true;
  return false;
}

std::string variant::operators() const {
  std::string text;
  for (const auto& node : proto.graph().node())
    text += (text.empty() ? "" : " ") + node.op_type();
  return text;
}

} // namespace trivium::test

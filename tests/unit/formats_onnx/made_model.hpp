#pragma once

#include "storage/formats/onnx/onnx_proto.hpp"
#include "storage/formats/onnx/onnx_source.hpp"
#include "tests/support/temporary_folder.hpp"

#include <initializer_list>
#include <map>
#include <string>
#include <vector>

namespace trivium::test {

using dims = std::vector<int64_t>;

/// A model that a test puts together; every part may be changed by hand.
struct made_model {
  explicit made_model(int64_t opset = 17, int64_t ir_version = 8);

  made_model& input(const std::string& name, const dims& shape);
  made_model& output(const std::string& name, const dims& shape);

  /// An initializer with raw data, all zero but for `fill`.
  ::onnx::TensorProto& tensor(const std::string& name, int32_t data_type,
                              const dims& shape, size_t bytes,
                              char fill = '\0');

  /// An f32 initializer with the values 1, 2, 3, …
  ::onnx::TensorProto& weight(const std::string& name, const dims& shape);

  /// A Constant node with such a tensor.
  ::onnx::NodeProto& constant(const std::string& name, const dims& shape);

  ::onnx::NodeProto& node(const std::string& op,
                          const std::vector<std::string>& inputs,
                          const std::string& output);

  [[nodiscard]] std::string bytes() const {
    return proto.SerializePartialAsString();
  }

  ::onnx::ModelProto proto;
  ::onnx::GraphProto& graph;
};

/// x [2, rows] · w [rows, columns] → y: the smallest model with a weight.
[[nodiscard]] made_model one_matmul(int64_t opset = 17, int64_t rows = 32,
                                    int64_t columns = 16);

void set_attribute(::onnx::NodeProto& node, const std::string& name,
                   int64_t value);
void set_attribute(::onnx::NodeProto& node, const std::string& name,
                   const std::vector<int64_t>& values);
/// Adds a subgraph attribute and returns the subgraph.
::onnx::GraphProto& add_subgraph(::onnx::NodeProto& node,
                                 const std::string& name);

/// Makes the tensor external, with these entries and no data of its own.
void make_external(
  ::onnx::TensorProto& tensor,
  const std::vector<std::pair<std::string, std::string>>& entries);

/// The bytes of floats.
[[nodiscard]] std::string floats(const std::vector<float>& values);

using other_files = std::map<std::string, std::string>;

/// Opens `bytes` as "model.onnx" together with the other files.
[[nodiscard]] expected<std::unique_ptr<storage::model_source>>
open_bytes(const std::string& bytes, const other_files& others = {},
           const storage::onnx_options& options = {});

/// A model that has to open.
[[nodiscard]] std::unique_ptr<storage::model_source>
opened(const made_model& model, const other_files& others = {},
       const storage::onnx_options& options = {});

/// What opening gives as an error.
[[nodiscard]] std::string refusal(const made_model& model,
                                  const other_files& others = {});

/// The tensor called `name`; ends the test when there is none.
[[nodiscard]] const storage::tensor_info&
tensor_named(const storage::model_source& source, const std::string& name);

/// A variant as it is on disk.
struct variant {
  temporary_folder folder;
  ::onnx::ModelProto proto;

  explicit variant(const storage::model_source& source,
                   scheme action = scheme::int8_channel);

  [[nodiscard]] std::string file(const std::string& name) const;
  [[nodiscard]] const ::onnx::TensorProto&
  initializer(const std::string& name) const;
  [[nodiscard]] bool has_initializer(const std::string& name) const;
  /// "DequantizeLinear MatMul"
  [[nodiscard]] std::string operators() const;
};

} // namespace trivium::test

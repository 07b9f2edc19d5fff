#include "storage/formats/onnx/graph_rewrite.hpp"

#include "storage/formats/onnx/graph_names.hpp"
#include "storage/formats/onnx/payload_token.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_set>

namespace trivium::storage::onnx_io {

namespace {

using ::onnx::TensorProto;

/// The first opset with a DequantizeLinear that has an axis.
constexpr int64_t per_axis_opset = 13;

int32_t data_type_of(tensor_type type) {
  switch (type) {
  case tensor_type::f16:
    return TensorProto::FLOAT16;
  case tensor_type::bf16:
    return TensorProto::BFLOAT16;
  default:
    return TensorProto::FLOAT;
  }
}

void set_integer(::onnx::NodeProto& node, const char* name, int64_t value) {
  auto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(::onnx::AttributeProto::INT);
  attribute.set_i(value);
}

/// The new graph while the old one is taken apart.
class rewrite {
public:
  rewrite(::onnx::ModelProto& model, std::vector<tensor_content>& contents)
    : model_(model), graph_(*model.mutable_graph()), contents_(contents),
      names_(model.graph()), has_axis_(default_opset(model) >= per_axis_opset) {
  }

  void add(size_t tensor, const tensor_info& info, const tensor_place& place) {
    const auto axis = *info.channel_axis;
    auto scale_shape = tensor_shape{info.shape[axis]};
    if (!has_axis_) // Mul aligns shapes at the right
      scale_shape.resize(info.shape.size() - axis, 1);
    auto values = initializer(info.name + "_quantized", info.shape,
                              {tensor, computed_part::values, tensor_type::i8},
                              TensorProto::INT8, 1);
    auto scales = initializer(info.name + "_scale", scale_shape,
                              {tensor, computed_part::scales, tensor_type::f32},
                              TensorProto::FLOAT, 4);
    dequantize(info, values.name(), scales.name(), axis);
    replaced_names_.insert(info.name);
    if (place.in_constant)
      replaced_constants_.insert(place.index);
    auto& list = place.in_constant ? appended_ : in_place_[place.index];
    list.push_back(std::move(values));
    list.push_back(std::move(scales));
  }

  void finish() {
    finish_inputs();
    finish_initializers();
    finish_nodes();
  }

private:
  TensorProto initializer(const std::string& wanted_name,
                          const tensor_shape& shape, const computed_bytes& what,
                          int32_t data_type, uint64_t width) {
    TensorProto tensor;
    tensor.set_name(names_.make(wanted_name));
    tensor.set_data_type(data_type);
    uint64_t elements = 1;
    for (const auto dimension : shape) {
      tensor.add_dims(static_cast<int64_t>(dimension));
      elements *= dimension; // was checked when the tensor was read
    }
    tensor.set_raw_data(make_token(contents_.size()));
    contents_.push_back({what, elements * width, raw_data});
    return tensor;
  }

  ::onnx::NodeProto& node(const char* op, const std::string& wanted_name,
                          const std::string& input, const std::string& output) {
    auto& added = *nodes_.Add();
    added.set_op_type(op);
    added.set_name(names_.make(wanted_name));
    added.add_input(input);
    added.add_output(output);
    return added;
  }

  void dequantize(const tensor_info& info, const std::string& values,
                  const std::string& scales, size_t axis) {
    const auto is_f32 = info.type == tensor_type::f32;
    const auto wide =
      is_f32 ? info.name : names_.make(info.name + "_dequantized");
    if (has_axis_) {
      auto& dequantize =
        node("DequantizeLinear", info.name + "_dequantize", values, wide);
      dequantize.add_input(scales);
      set_integer(dequantize, "axis", static_cast<int64_t>(axis));
    } else {
      const auto unscaled = names_.make(info.name + "_unscaled");
      auto& cast =
        node("Cast", info.name + "_dequantize_cast", values, unscaled);
      set_integer(cast, "to", TensorProto::FLOAT);
      node("Mul", info.name + "_dequantize_mul", unscaled, wide)
        .add_input(scales);
    }
    if (!is_f32)
      set_integer(node("Cast", info.name + "_narrow", wide, info.name), "to",
                  data_type_of(info.type));
  }

  void finish_inputs() {
    auto& inputs = *graph_.mutable_input();
    inputs.erase(std::remove_if(inputs.begin(), inputs.end(),
                                [&](const ::onnx::ValueInfoProto& input) {
                                  return replaced_names_.count(input.name())
                                         != 0;
                                }),
                 inputs.end());
    if (model_.ir_version() >= free_initializer_ir)
      return;
    for (const auto& [index, tensors] : in_place_)
      add_inputs(tensors);
    add_inputs(appended_);
  }

  void add_inputs(const std::vector<TensorProto>& tensors) {
    for (const auto& tensor : tensors) {
      auto& input = *graph_.add_input();
      input.set_name(tensor.name());
      auto& type = *input.mutable_type()->mutable_tensor_type();
      type.set_elem_type(tensor.data_type());
      for (const auto dimension : tensor.dims())
        type.mutable_shape()->add_dim()->set_dim_value(dimension);
    }
  }

  void finish_initializers() {
    google::protobuf::RepeatedPtrField<TensorProto> list;
    for (int i = 0; i < graph_.initializer_size(); ++i) {
      const auto replaced = in_place_.find(i);
      if (replaced == in_place_.end())
        *list.Add() = std::move(*graph_.mutable_initializer(i));
      else
        for (auto& tensor : replaced->second)
          *list.Add() = std::move(tensor);
    }
    for (auto& tensor : appended_)
      *list.Add() = std::move(tensor);
    graph_.mutable_initializer()->Swap(&list);
  }

  void finish_nodes() {
    for (int i = 0; i < graph_.node_size(); ++i)
      if (replaced_constants_.count(i) == 0)
        *nodes_.Add() = std::move(*graph_.mutable_node(i));
    graph_.mutable_node()->Swap(&nodes_);
  }

  ::onnx::ModelProto& model_;
  ::onnx::GraphProto& graph_;
  std::vector<tensor_content>& contents_;
  graph_names names_;
  bool has_axis_;
  google::protobuf::RepeatedPtrField<::onnx::NodeProto> nodes_;
  std::map<int, std::vector<TensorProto>> in_place_; ///< By initializer.
  std::vector<TensorProto> appended_;                ///< Of Constant nodes.
  std::unordered_set<int> replaced_constants_;
  std::unordered_set<std::string> replaced_names_;
};

void set_metadata(::onnx::ModelProto& model, const std::string& key,
                  const std::string& value) {
  for (auto& property : *model.mutable_metadata_props())
    if (property.key() == key) {
      property.set_value(value);
      return;
    }
  auto& property = *model.add_metadata_props();
  property.set_key(key);
  property.set_value(value);
}

} // namespace

void quantize_weights(::onnx::ModelProto& model, const main_tensors& tensors,
                      const std::vector<size_t>& chosen,
                      std::vector<tensor_content>& contents) {
  if (chosen.empty())
    return;
  rewrite work{model, contents};
  for (const auto tensor : chosen)
    work.add(tensor, tensors.infos[tensor], tensors.places[tensor]);
  work.finish();
  set_metadata(model, "trivium.scheme", "int8_channel");
}

} // namespace trivium::storage::onnx_io

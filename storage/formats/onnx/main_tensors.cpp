#include "storage/formats/onnx/main_tensors.hpp"

#include "storage/formats/onnx/tensor_walk.hpp"
#include "storage/formats/onnx/weight_uses.hpp"
#include "storage/formats/tensor_limits.hpp"

#include <unordered_map>
#include <unordered_set>

namespace trivium::storage::onnx_io {

namespace {

struct named_place {
  std::string name;
  tensor_place place;
};

using place_of_tensor =
  std::unordered_map<const ::onnx::TensorProto*, named_place>;

/// The value of a Constant node that holds one dense tensor.
const ::onnx::TensorProto* constant_value(const ::onnx::NodeProto& node) {
  if (node.op_type() != "Constant" || !is_default_domain(node.domain())
      || node.output_size() != 1 || node.attribute_size() != 1)
    return nullptr;
  const auto& attribute = node.attribute(0);
  return attribute.name() == "value" && attribute.has_t() ? &attribute.t()
                                                          : nullptr;
}

expected<place_of_tensor> places_of(const ::onnx::GraphProto& graph) {
  place_of_tensor places;
  for (int i = 0; i < graph.initializer_size(); ++i) {
    const auto& tensor = graph.initializer(i);
    if (tensor.name().empty())
      return fail(ec::invalid_argument,
                  "onnx: initializer " + std::to_string(i) + " has no name");
    places.emplace(&tensor, named_place{tensor.name(), {false, i}});
  }
  for (int i = 0; i < graph.node_size(); ++i)
    if (const auto* const tensor = constant_value(graph.node(i))) {
      const auto& name = graph.node(i).output(0);
      TRIVIUM_CHECK(check_tensor_name("onnx: constant", name));
      places.emplace(tensor, named_place{name, {true, i}});
    }
  return places;
}

/// Why no graph could use a quantized form of this tensor; empty if one could.
std::string reason_to_keep(const ::onnx::ModelProto& model,
                           const tensor_info& info) {
  if (!is_quantizable_source(info.type))
    return "type " + std::string{to_string(info.type)};
  if (default_opset(model) < lowest_opset)
    return "opset " + std::to_string(default_opset(model)) + "; "
           + std::to_string(lowest_opset) + " is the lowest that is quantized";
  if (model.training_info_size() > 0)
    return "the model has training information";
  for (const auto dimension : info.shape)
    if (dimension == 0)
      return "has no elements";
  return {};
}

bool is_weight(const ::onnx::TensorProto& tensor) {
  return tensor.dims_size() > 1
         && (tensor.data_type() == ::onnx::TensorProto::FLOAT
             || tensor.data_type() == ::onnx::TensorProto::FLOAT16
             || tensor.data_type() == ::onnx::TensorProto::BFLOAT16);
}

/// What initializers give a value that callers may replace. Older exporters
/// list every weight there, out of habit: several, and none left out, mean
/// nothing.
std::unordered_set<std::string> defaults_of(const ::onnx::ModelProto& model) {
  if (model.ir_version() < free_initializer_ir)
    return {};
  std::unordered_set<std::string> names;
  for (const auto& input : model.graph().input())
    names.insert(input.name());
  size_t weights = 0;
  size_t listed = 0;
  for (const auto& tensor : model.graph().initializer())
    if (is_weight(tensor)) {
      ++weights;
      listed += names.contains(tensor.name()) ? 1 : 0;
    }
  const auto is_habit = weights > 1 && listed == weights;
  return is_habit ? std::unordered_set<std::string>{} : names;
}

void decide(const ::onnx::ModelProto& model, const graph_values& values,
            bool is_default, tensor_info& info) {
  auto use = use_of(values, info.name, info.shape);
  info.operators = std::move(use.operators);
  info.keep_reason = is_default ? "the default of an input of the graph"
                                : reason_to_keep(model, info);
  if (!info.keep_reason.empty())
    return;
  info.channel_axis = use.channel_axis;
  info.keep_reason = std::move(use.keep_reason);
}

} // namespace

int64_t default_opset(const ::onnx::ModelProto& model) {
  for (const auto& opset : model.opset_import())
    if (is_default_domain(opset.domain()))
      return opset.version();
  return 0;
}

expected<main_tensors> list_tensors(::onnx::ModelProto& model,
                                    tensor_reader& reader) {
  TRIVIUM_TRY(const auto values, graph_values::make(model.graph()));
  TRIVIUM_TRY(const auto places, places_of(model.graph()));
  const auto defaults = defaults_of(model);
  main_tensors list;
  std::unordered_map<const ::onnx::TensorProto*, checked_tensor> seen;
  TRIVIUM_CHECK(
    for_each_tensor(model, [&](::onnx::TensorProto& tensor) -> expected<void> {
      TRIVIUM_TRY(auto checked, reader.read(tensor));
      if (places.count(&tensor) != 0)
        seen.emplace(&tensor, std::move(checked));
      return {};
    }));
  const auto add = [&](const ::onnx::TensorProto& tensor) {
    auto& checked = seen.at(&tensor);
    if (checked.type.bits == 0)
      return;
    const auto& named = places.at(&tensor);
    tensor_info info{named.name,    checked.type.type,
                     checked.shape, checked.where,
                     checked.held,  {},
                     std::nullopt,  {}};
    decide(model, values, defaults.contains(info.name), info);
    list.infos.push_back(std::move(info));
    list.places.push_back(named.place);
  };
  for (const auto& tensor : model.graph().initializer())
    add(tensor);
  for (const auto& node : model.graph().node())
    if (const auto* const tensor = constant_value(node))
      add(*tensor);
  return list;
}

} // namespace trivium::storage::onnx_io

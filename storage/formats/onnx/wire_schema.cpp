#include "storage/formats/onnx/wire_schema.hpp"

#include "storage/formats/onnx/onnx_proto.hpp"
#include "storage/formats/onnx/wire_scan.hpp"

#include <array>
#include <string>

namespace trivium::storage::onnx_io {

namespace {

using kind = message_kind;

/// onnx.proto, IR 13.
constexpr std::array fields{
  message_field{kind::model, 7, kind::graph, true},
  message_field{kind::model, 8, kind::opset, false},
  message_field{kind::model, 14, kind::entry, false},
  message_field{kind::model, 20, kind::training, false},
  message_field{kind::model, 25, kind::function, false},
  message_field{kind::training, 1, kind::graph, true},
  message_field{kind::training, 2, kind::graph, true},
  message_field{kind::training, 3, kind::entry, false},
  message_field{kind::training, 4, kind::entry, false},
  message_field{kind::graph, 1, kind::node, false},
  message_field{kind::graph, 5, kind::tensor, false},
  message_field{kind::graph, 11, kind::value_info, false},
  message_field{kind::graph, 12, kind::value_info, false},
  message_field{kind::graph, 13, kind::value_info, false},
  message_field{kind::graph, 14, kind::annotation, false},
  message_field{kind::graph, 15, kind::sparse, false},
  message_field{kind::graph, 16, kind::entry, false},
  message_field{kind::function, 7, kind::node, false},
  message_field{kind::function, 9, kind::opset, false},
  message_field{kind::function, 11, kind::attribute, false},
  message_field{kind::function, 12, kind::value_info, false},
  message_field{kind::function, 14, kind::entry, false},
  message_field{kind::node, 5, kind::attribute, false},
  message_field{kind::node, 9, kind::entry, false},
  message_field{kind::attribute, 5, kind::tensor, true},
  message_field{kind::attribute, 6, kind::graph, true},
  message_field{kind::attribute, 10, kind::tensor, false},
  message_field{kind::attribute, 11, kind::graph, false},
  message_field{kind::attribute, 14, kind::type, false},
  message_field{kind::attribute, 15, kind::type, false},
  message_field{kind::attribute, 22, kind::sparse, true},
  message_field{kind::attribute, 23, kind::sparse, false},
  message_field{kind::sparse, 1, kind::tensor, true},
  message_field{kind::sparse, 2, kind::tensor, true},
  message_field{kind::tensor, 13, kind::entry, false},
  message_field{kind::tensor, 16, kind::entry, false},
  message_field{kind::value_info, 2, kind::type, false},
  message_field{kind::value_info, 4, kind::entry, false},
  message_field{kind::type, 1, kind::tensor_type, false},
  message_field{kind::type, 4, kind::wrapped_type, false},
  message_field{kind::type, 5, kind::map_type, false},
  message_field{kind::type, 8, kind::tensor_type, false},
  message_field{kind::type, 9, kind::wrapped_type, false},
  message_field{kind::tensor_type, 2, kind::shape, false},
  message_field{kind::wrapped_type, 1, kind::type, false},
  message_field{kind::map_type, 2, kind::type, false},
  message_field{kind::shape, 1, kind::dimension, false},
  message_field{kind::annotation, 2, kind::entry, false},
};

/// What an allocation takes beside what was asked for, and the two pointers
/// that a growing list may have for it.
constexpr size_t overhead = 32;

bool is_packed_integers(message_kind in, uint32_t number) {
  if (in == kind::attribute)
    return number == 8;
  return in == kind::tensor
         && (number == 1 || number == int32_data || number == int64_data
             || number == uint64_data);
}

} // namespace

const message_field* find_message_field(message_kind in, uint32_t number) {
  for (const auto& f : fields)
    if (f.in == in && f.number == number)
      return &f;
  return nullptr;
}

size_t object_bytes(message_kind of) {
  const auto content = [&]() -> size_t {
    switch (of) {
    case kind::model:
      return sizeof(::onnx::ModelProto);
    case kind::training:
      return sizeof(::onnx::TrainingInfoProto);
    case kind::graph:
      return sizeof(::onnx::GraphProto);
    case kind::function:
      return sizeof(::onnx::FunctionProto);
    case kind::node:
      return sizeof(::onnx::NodeProto);
    case kind::attribute:
      return sizeof(::onnx::AttributeProto);
    case kind::sparse:
      return sizeof(::onnx::SparseTensorProto);
    case kind::tensor:
      return sizeof(::onnx::TensorProto);
    case kind::value_info:
      return sizeof(::onnx::ValueInfoProto);
    case kind::type:
      return sizeof(::onnx::TypeProto);
    case kind::tensor_type:
      return sizeof(::onnx::TypeProto_Tensor);
    case kind::wrapped_type:
      return sizeof(::onnx::TypeProto_Sequence);
    case kind::map_type:
      return sizeof(::onnx::TypeProto_Map);
    case kind::shape:
      return sizeof(::onnx::TensorShapeProto);
    case kind::dimension:
      return sizeof(::onnx::TensorShapeProto_Dimension);
    case kind::annotation:
      return sizeof(::onnx::TensorAnnotation);
    case kind::entry:
      return sizeof(::onnx::StringStringEntryProto);
    case kind::opset:
      return sizeof(::onnx::OperatorSetIdProto);
    }
    return 0;
  }();
  return content + overhead;
}

uint64_t leaf_bytes(message_kind in, uint32_t number, uint64_t size) {
  if (is_packed_integers(in, number))
    return size * sizeof(int64_t);
  return sizeof(std::string) + overhead + size;
}

} // namespace trivium::storage::onnx_io

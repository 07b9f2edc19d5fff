#pragma once

#include <cstddef>
#include <cstdint>

namespace trivium::storage::onnx_io {

/// The messages of onnx.proto.
enum class message_kind : uint8_t {
  model,
  training,
  graph,
  function,
  node,
  attribute,
  sparse,
  tensor,
  value_info,
  type,
  tensor_type,
  wrapped_type,
  map_type,
  shape,
  dimension,
  annotation,
  entry,
  opset
};

/// A field that holds a message.
struct message_field {
  message_kind in;
  uint32_t number;
  message_kind is;
  /// May stand once: one of a way to a TensorProto that is not repeated, where
  /// libprotobuf would merge two.
  bool once;
};

/// Null for any other field.
[[nodiscard]] const message_field* find_message_field(message_kind in,
                                                      uint32_t number);

/// Bytes of the object that libprotobuf makes of a message, without what it
/// points at.
[[nodiscard]] size_t object_bytes(message_kind kind);

/// Bytes that libprotobuf takes at most for a field of `size` bytes that holds
/// no message: text, or packed numbers.
[[nodiscard]] uint64_t leaf_bytes(message_kind in, uint32_t number,
                                  uint64_t size);

/// Of a number, also where the field is repeated and not packed.
inline constexpr uint64_t number_bytes = 16;

} // namespace trivium::storage::onnx_io

#pragma once

#include "messages/values/ec.hpp"
#include "storage/formats/onnx/onnx_proto.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace trivium::storage::onnx_io {

/// TensorProto.external_data, checked (ONNX docs/ExternalData.md).
struct external_entry {
  std::string location; ///< An artifact path relative to the model's folder.
  uint64_t offset = 0;
  std::optional<uint64_t> length;
};

/// True when the tensor's bytes are said to be in another file.
[[nodiscard]] bool is_external(const ::onnx::TensorProto& tensor);

/// Errors: invalid_argument for unknown or repeated keys and for numbers that
/// are none, permission_denied for a location that leaves the folder. Texts do
/// not name the tensor.
[[nodiscard]] expected<external_entry>
read_external_entry(const ::onnx::TensorProto& tensor);

} // namespace trivium::storage::onnx_io

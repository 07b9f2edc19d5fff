#pragma once

#include "storage/file_io/readable_file.hpp"

namespace trivium::storage {

/// True when the outermost fields of `file` are those of an ONNX ModelProto:
/// each known by number and wire type and whole, a graph among them. Reads
/// tags only. Errors: those of reading.
[[nodiscard]] expected<bool> has_onnx_fields(const readable_file& file);

} // namespace trivium::storage

#pragma once

#include "storage/formats/model_source.hpp"

#include <cstdint>

namespace trivium::storage {

struct onnx_options {
  /// The main file may have this many bytes: libprotobuf ends at 2 GiB. Beyond
  /// it, initializers go to "<stem>.onnx.data".
  uint64_t main_file_bytes = (uint64_t{2} << 30) - (uint64_t{64} << 10);
};

/// `open_onnx` of model_source.hpp with options.
[[nodiscard]] expected<std::unique_ptr<model_source>>
open_onnx(model_files files, const onnx_options& options);

} // namespace trivium::storage

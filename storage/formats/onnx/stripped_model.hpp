#pragma once

#include "storage/formats/onnx/onnx_proto.hpp"
#include "storage/formats/onnx/wire_scan.hpp"

#include <memory>
#include <vector>

namespace trivium::storage {
class readable_file;
}

namespace trivium::storage::onnx_io {

/// Data up to this long stays in the protobuf.
inline constexpr uint64_t inline_bytes = 1024;

/// The stripped protobuf may have this many bytes.
inline constexpr uint64_t max_structure_bytes = uint64_t{256} << 20;

/// The parsed protobuf may take this much memory. A graph of 100,000 nodes with
/// attributes, documentation and the shapes of all values takes 290 MiB.
inline constexpr uint64_t max_graph_memory = uint64_t{1} << 30;

/// A model without its payloads: each stands as a token in raw_data that
/// indexes `payloads`, whatever field it came from.
struct stripped_model {
  std::unique_ptr<::onnx::ModelProto> proto;
  std::vector<wire_payload> payloads; ///< Where they are in the file.
};

/// Reads the structure of a serialised ModelProto. Memory is bounded by the
/// structure, not by the weights. Errors: invalid_argument for bytes that are
/// no ONNX model, resource_exhausted for more structure than
/// max_structure_bytes or max_graph_memory allow.
[[nodiscard]] expected<stripped_model> read_stripped(const readable_file& file);

} // namespace trivium::storage::onnx_io

#pragma once

#include "messages/values/ec.hpp"
#include "storage/formats/onnx/byte_source.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace trivium::storage::onnx_io {

/// Fields of TensorProto that hold elements (onnx.proto).
enum data_field : uint32_t {
  float_data = 4,
  int32_data = 5,
  int64_data = 7,
  raw_data = 9,
  double_data = 10,
  uint64_data = 11
};

inline constexpr uint32_t no_parent = UINT32_MAX;

/// A message that encloses a payload, at whatever depth.
struct wire_message {
  uint64_t prefix = 0; ///< Where its length stands.
  uint64_t begin = 0;  ///< Where its content begins.
  uint64_t size = 0;
  uint32_t parent = no_parent; ///< Index into wire_map::messages.
};

/// A data field of a TensorProto.
struct wire_payload {
  uint64_t tag = 0; ///< Where its tag stands.
  uint64_t begin = 0;
  uint64_t size = 0;
  uint32_t parent = no_parent; ///< The TensorProto.
  uint32_t field = raw_data;
};

/// Where the payloads of a serialised ModelProto are. Both lists rise by
/// offset; only messages with a payload inside are listed.
struct wire_map {
  uint64_t size = 0;
  std::vector<wire_message> messages;
  std::vector<wire_payload> payloads;
};

/// Messages may nest this deep, as in libprotobuf.
inline constexpr unsigned max_depth = 100;
inline constexpr size_t max_payloads = size_t{1} << 20;

/// Walks the wire format of a ModelProto through every message and lists the
/// data fields longer than `more_than` bytes, and each raw_data that begins
/// like a payload token whatever its size. Reads structure only. Every length
/// is checked against what encloses it. `memory` is what libprotobuf may take
/// to hold the structure, in bytes. Errors: invalid_argument with the offset,
/// resource_exhausted above max_payloads or `memory`.
[[nodiscard]] expected<wire_map> scan_model(const byte_source& bytes,
                                            uint64_t more_than,
                                            uint64_t memory = UINT64_MAX);

} // namespace trivium::storage::onnx_io

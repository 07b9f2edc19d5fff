#include "storage/formats/onnx_fields.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace trivium::storage {

namespace {

constexpr uint64_t varint_type = 0;
constexpr uint64_t bytes_type = 2;
constexpr uint64_t graph_field = 7;
/// A model repeats only imports, properties and functions.
constexpr size_t max_fields = 4096;

/// The wire type of ModelProto's field `number` (onnx.proto3), if it has one.
std::optional<uint64_t> wire_type_of(uint64_t number) {
  switch (number) {
  case 1: // ir_version
  case 5: // model_version
    return varint_type;
  case 2: // producer_name
  case 3: // producer_version
  case 4: // domain
  case 6: // doc_string
  case graph_field:
  case 8:  // opset_import
  case 14: // metadata_props
  case 20: // training_info
  case 25: // functions
  case 26: // configuration
    return bytes_type;
  default:
    return std::nullopt;
  }
}

/// Moves `offset` behind a varint; absent when there is none.
expected<std::optional<uint64_t>> read_varint(const readable_file& file,
                                              uint64_t& offset) {
  std::array<std::byte, 10> bytes{};
  const auto count = std::min<uint64_t>(bytes.size(), file.size() - offset);
  TRIVIUM_CHECK(file.read(offset, std::span{bytes}.first(count)));
  uint64_t value = 0;
  for (size_t i = 0; i < count; ++i) {
    const auto byte = std::to_integer<uint64_t>(bytes[i]);
    value |= (byte & 0x7f) << (7 * i);
    if (byte < 0x80) {
      offset += i + 1;
      return value;
    }
  }
  return std::nullopt;
}

} // namespace

expected<bool> has_onnx_fields(const readable_file& file) {
  uint64_t offset = 0;
  auto has_graph = false;
  for (size_t i = 0; i < max_fields && offset < file.size(); ++i) {
    TRIVIUM_TRY(const auto tag, read_varint(file, offset));
    if (!tag || wire_type_of(*tag >> 3) != (*tag & 7))
      return false;
    TRIVIUM_TRY(const auto value, read_varint(file, offset));
    if (!value)
      return false;
    if ((*tag & 7) == bytes_type) {
      // A graph that is cut off is ONNX still: its reader says what is missing.
      if (*value > file.size() - offset)
        return *tag >> 3 == graph_field;
      offset += *value;
    }
    has_graph |= *tag >> 3 == graph_field;
  }
  return has_graph;
}

} // namespace trivium::storage

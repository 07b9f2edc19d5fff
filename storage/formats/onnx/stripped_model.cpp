#include "storage/formats/onnx/stripped_model.hpp"

#include "storage/file_io/readable_file.hpp"
#include "storage/formats/onnx/payload_token.hpp"
#include "storage/formats/onnx/wire_edit.hpp"

#include <new>

namespace trivium::storage::onnx_io {

namespace {

expected<std::string> strip(const readable_file& file, const wire_map& map) {
  const std::vector<replacement> tokens(map.payloads.size(),
                                        {raw_data, token_bytes});
  TRIVIUM_TRY(const auto edited, replace_payloads(map, tokens));
  if (edited.size > max_structure_bytes)
    return fail(ec::resource_exhausted,
                "onnx: the graph without its weights has "
                  + std::to_string(edited.size) + " bytes, the limit is "
                  + std::to_string(max_structure_bytes));
  std::string bytes(edited.size, '\0');
  size_t at = 0;
  for (const auto& piece : edited.pieces) {
    TRIVIUM_CHECK(file.read(
      piece.copied_from,
      std::as_writable_bytes(std::span{bytes.data() + at, piece.copied})));
    at += piece.copied;
    at += piece.literal.copy(bytes.data() + at, piece.literal.size());
    if (piece.payload != wire_piece::none)
      at += make_token(piece.payload).copy(bytes.data() + at, token_bytes);
  }
  return bytes;
}

} // namespace

expected<stripped_model> read_stripped(const readable_file& file) {
  try {
    TRIVIUM_TRY(auto map,
                scan_model(file_bytes{file}, inline_bytes, max_graph_memory));
    TRIVIUM_TRY(const auto bytes, strip(file, map));
    stripped_model model{std::make_unique<::onnx::ModelProto>(),
                         std::move(map.payloads)};
    if (!model.proto->ParsePartialFromArray(bytes.data(),
                                            static_cast<int>(bytes.size())))
      return fail(ec::invalid_argument, "onnx: not a valid ModelProto");
    if (!model.proto->has_graph())
      return fail(ec::invalid_argument, "onnx: the model has no graph");
    return model;
  } catch (const std::bad_alloc&) {
    return fail(ec::resource_exhausted, "onnx: no memory for the graph");
  }
}

} // namespace trivium::storage::onnx_io

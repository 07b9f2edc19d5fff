#include "storage/formats/onnx/spliced_file.hpp"

#include "storage/formats/onnx/payload_token.hpp"
#include "storage/formats/onnx/stripped_model.hpp"
#include "storage/formats/onnx/wire_edit.hpp"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <set>

namespace trivium::storage::onnx_io {

namespace {

constexpr uint64_t alignment = 4096;

std::string serialise(const ::onnx::ModelProto& model) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream{&bytes};
  google::protobuf::io::CodedOutputStream coded{&stream};
  coded.SetSerializationDeterministic(true);
  model.SerializePartialToCodedStream(&coded);
  coded.Trim();
  return bytes;
}

void append(output_file& file, const tensor_content& content) {
  if (content.size == 0)
    return;
  output_segment segment{file.size, content.size, {}};
  if (const auto* const span = std::get_if<file_span>(&content.from))
    segment.content = copied_bytes{*span};
  else
    segment.content = std::get<computed_bytes>(content.from);
  file.segments.push_back(std::move(segment));
  file.size += content.size;
}

void append(output_file& file, std::string& literal) {
  if (literal.empty())
    return;
  const auto size = literal.size();
  file.segments.push_back(
    {file.size, size,
     literal_bytes{std::make_shared<const std::string>(std::move(literal))}});
  file.size += size;
  literal.clear();
}

/// The content behind each payload of the serialised model.
expected<std::vector<size_t>> tokens_of(const std::string& bytes,
                                        const wire_map& map, size_t contents) {
  std::vector<size_t> tokens;
  std::set<size_t> seen;
  for (const auto& p : map.payloads) {
    const auto token =
      read_token(std::string_view{bytes}.substr(p.begin, p.size));
    if (!token || *token >= contents || !seen.insert(*token).second)
      return fail(ec::invalid_argument,
                  "onnx: raw data looks like ours, but is not");
    tokens.push_back(*token);
  }
  return tokens;
}

void set_entry(::onnx::TensorProto& tensor, const char* key,
               const std::string& value) {
  auto& entry = *tensor.add_external_data();
  entry.set_key(key);
  entry.set_value(value);
}

} // namespace

expected<output_file> splice(const ::onnx::ModelProto& model,
                             const std::vector<tensor_content>& contents) {
  const auto bytes = serialise(model);
  TRIVIUM_TRY(const auto map, scan_model(string_bytes{bytes}, UINT64_MAX));
  TRIVIUM_TRY(const auto tokens, tokens_of(bytes, map, contents.size()));
  std::vector<replacement> replacements;
  for (const auto token : tokens)
    replacements.push_back({contents[token].field, contents[token].size});
  TRIVIUM_TRY(const auto edited, replace_payloads(map, replacements));

  output_file file;
  std::string literal;
  for (const auto& piece : edited.pieces) {
    literal.append(bytes, piece.copied_from, piece.copied);
    literal += piece.literal;
    if (piece.payload == wire_piece::none)
      continue;
    append(file, literal);
    append(file, contents[tokens[piece.payload]]);
  }
  append(file, literal);
  return file;
}

expected<output_file> move_out(::onnx::ModelProto& model,
                               const std::vector<tensor_content>& contents,
                               const std::string& location) {
  output_file file;
  for (auto& tensor : *model.mutable_graph()->mutable_initializer()) {
    const auto token = read_token(tensor.raw_data());
    if (!token || contents[*token].size <= inline_bytes
        || contents[*token].field != raw_data)
      continue;
    const auto& content = contents[*token];
    if (content.size > (uint64_t{1} << 62) - file.size)
      return fail(ec::invalid_argument, "onnx: the model exceeds 2^62 bytes");
    std::string padding((alignment - file.size % alignment) % alignment, '\0');
    append(file, padding);
    tensor.clear_raw_data();
    tensor.set_data_location(::onnx::TensorProto::EXTERNAL);
    set_entry(tensor, "location", location);
    set_entry(tensor, "offset", std::to_string(file.size));
    set_entry(tensor, "length", std::to_string(content.size));
    append(file, content);
  }
  return file;
}

} // namespace trivium::storage::onnx_io

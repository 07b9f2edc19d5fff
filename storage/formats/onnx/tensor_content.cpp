#include "storage/formats/onnx/tensor_content.hpp"

#include "storage/formats/onnx/external_entry.hpp"
#include "storage/formats/onnx/packed_varints.hpp"
#include "storage/formats/onnx/payload_token.hpp"
#include "storage/formats/tensor_limits.hpp"

#include <cstring>
#include <filesystem>

namespace trivium::storage::onnx_io {

namespace {

/// Bytes of one entry of a typed field: an element, or a byte of packed ones.
size_t entry_width(const element_type& type) {
  return type.bits < 8 ? 1 : type.bits / 8;
}

template <class Values>
std::vector<std::byte> fixed_width(const Values& values) {
  const auto bytes =
    std::as_bytes(std::span{values.data(), static_cast<size_t>(values.size())});
  return {bytes.begin(), bytes.end()};
}

template <class Values>
std::vector<std::byte> narrowed(const Values& values, size_t width) {
  std::vector<std::byte> bytes;
  bytes.reserve(static_cast<size_t>(values.size()) * width);
  for (const auto value : values)
    append_element(bytes, static_cast<uint64_t>(value), width);
  return bytes;
}

std::vector<std::byte> typed_bytes(const ::onnx::TensorProto& tensor,
                                   const element_type& type) {
  switch (type.field) {
  case float_data:
    return fixed_width(tensor.float_data());
  case double_data:
    return fixed_width(tensor.double_data());
  case int32_data:
    return narrowed(tensor.int32_data(), entry_width(type));
  case int64_data:
    return narrowed(tensor.int64_data(), entry_width(type));
  case uint64_data:
    return narrowed(tensor.uint64_data(), entry_width(type));
  default:
    return {};
  }
}

size_t filled_fields(const ::onnx::TensorProto& tensor) {
  return size_t{tensor.has_raw_data()} + size_t{tensor.float_data_size() > 0}
         + size_t{tensor.int32_data_size() > 0}
         + size_t{tensor.int64_data_size() > 0}
         + size_t{tensor.double_data_size() > 0}
         + size_t{tensor.uint64_data_size() > 0}
         + size_t{tensor.string_data_size() > 0};
}

expected<tensor_shape> shape_of(const ::onnx::TensorProto& tensor) {
  tensor_shape shape;
  if (static_cast<size_t>(tensor.dims_size()) > max_rank)
    return fail(ec::invalid_argument, std::to_string(tensor.dims_size())
                                        + " dimensions, the most is "
                                        + std::to_string(max_rank));
  for (const auto dimension : tensor.dims()) {
    if (dimension < 0)
      return fail(ec::invalid_argument,
                  "dimension " + std::to_string(dimension) + " is negative");
    shape.push_back(static_cast<uint64_t>(dimension));
  }
  return shape;
}

tl::unexpected<error> wrong_size(const checked_tensor& tensor, uint64_t seen) {
  return fail(ec::invalid_argument, "shape " + to_string(tensor.shape)
                                      + " needs " + std::to_string(tensor.bytes)
                                      + " bytes, the data has "
                                      + std::to_string(seen));
}

} // namespace

tensor_reader::tensor_reader(const model_files& files,
                             const std::vector<wire_payload>& payloads)
  : files_(files), named_(files.files.size(), false) {
  for (size_t i = 0; i < files.files.size(); ++i) {
    index_of_.emplace(files.files[i].path, i);
    if (i > 0)
      external_left_ += max_shares * files.files[i].bytes->size();
  }
  contents_.reserve(payloads.size());
  for (const auto& p : payloads)
    contents_.push_back({file_span{0, p.begin, p.size}, p.size, p.field});
}

expected<checked_tensor> tensor_reader::read(::onnx::TensorProto& tensor) {
  auto result = checked(tensor);
  if (!result)
    return fail(result.error().code, "onnx: tensor " + shown_name(tensor.name())
                                       + ": " + result.error().text);
  return result;
}

expected<checked_tensor> tensor_reader::checked(::onnx::TensorProto& tensor) {
  checked_tensor result;
  result.type = element_type_of(tensor.data_type());
  if (result.type.type == tensor_type::unknown)
    return fail(ec::unsupported, "type " + std::to_string(tensor.data_type())
                                   + " is not known (1 to 26 are)");
  TRIVIUM_TRY(result.shape, shape_of(tensor));
  TRIVIUM_TRY(const auto elements, element_count(result.shape));
  if (tensor.has_segment())
    return fail(ec::unsupported, "data in segments");
  if (result.type.bits == 0) {
    if (static_cast<uint64_t>(tensor.string_data_size()) != elements
        || filled_fields(tensor) > 1 || is_external(tensor))
      return fail(ec::invalid_argument,
                  std::to_string(elements) + " strings declared, "
                    + std::to_string(tensor.string_data_size()) + " given");
    return result;
  }
  TRIVIUM_TRY(result.bytes, size_bytes(result.type, elements));
  if (is_external(tensor)) {
    TRIVIUM_CHECK(external(tensor, result));
  } else if (const auto content = read_token(tensor.raw_data())) {
    TRIVIUM_CHECK(payload(*content, result));
  } else {
    TRIVIUM_CHECK(inlined(tensor, result));
  }
  return result;
}

expected<void> tensor_reader::external(::onnx::TensorProto& tensor,
                                       checked_tensor& result) {
  TRIVIUM_TRY(const auto entry, read_external_entry(tensor));
  const auto path =
    (std::filesystem::path{files_.files[0].path}.parent_path() / entry.location)
      .generic_string();
  const auto found = index_of_.find(path);
  if (found == index_of_.end())
    return fail(ec::not_found, "external data file " + shown_name(path)
                                 + " is not part of the model");
  if (filled_fields(tensor) > 0)
    return fail(ec::invalid_argument, "has external data and its own");
  if (entry.length && *entry.length != result.bytes)
    return wrong_size(result, *entry.length);
  const auto size = files_.files[found->second].bytes->size();
  if (entry.offset > size || result.bytes > size - entry.offset)
    return fail(ec::invalid_argument,
                std::to_string(result.bytes) + " bytes at offset "
                  + std::to_string(entry.offset) + " wanted, "
                  + shown_name(path) + " has " + std::to_string(size));
  TRIVIUM_CHECK(spend_external(result.bytes));
  named_[found->second] = true;
  result.where = {found->second, entry.offset, result.bytes};
  tensor.clear_external_data();
  tensor.clear_data_location();
  tensor.set_raw_data(make_token(contents_.size()));
  contents_.push_back({result.where, result.bytes, raw_data});
  return {};
}

/// Each tensor gets its own copy in the output, also of a range that several
/// share.
expected<void> tensor_reader::spend_external(uint64_t bytes) {
  if (bytes > external_left_)
    return fail(ec::resource_exhausted,
                "with it the tensors are more than "
                  + std::to_string(max_shares)
                  + " times the external data that they share");
  external_left_ -= bytes;
  return {};
}

expected<void> tensor_reader::payload(size_t content, checked_tensor& result) {
  if (content >= contents_.size())
    return fail(ec::invalid_argument, "raw data looks like ours, but is not");
  auto& seen = contents_[content];
  if (seen.field != raw_data && seen.field != result.type.field)
    return fail(ec::invalid_argument,
                "data of field " + std::to_string(seen.field)
                  + " does not fit the type; field "
                  + std::to_string(result.type.field) + " or raw_data does");
  const auto& where = std::get<file_span>(seen.from);
  if (seen.field != raw_data && seen.field != float_data
      && seen.field != double_data)
    return unpack(where, result);
  if (seen.size != result.bytes)
    return wrong_size(result, seen.size);
  seen.field = raw_data; // packed floats are the same bytes
  result.where = where;
  return {};
}

expected<void> tensor_reader::inlined(const ::onnx::TensorProto& tensor,
                                      checked_tensor& result) {
  if (filled_fields(tensor) > 1)
    return fail(ec::invalid_argument, "has more than one data field");
  std::vector<std::byte> bytes;
  if (tensor.has_raw_data()) {
    const auto raw = std::as_bytes(std::span{tensor.raw_data()});
    bytes.assign(raw.begin(), raw.end());
  } else {
    bytes = typed_bytes(tensor, result.type);
  }
  if (bytes.size() != result.bytes)
    return wrong_size(result, bytes.size());
  return hold(std::move(bytes), result);
}

expected<void> tensor_reader::unpack(const file_span& varints,
                                     checked_tensor& result) {
  if (result.bytes > max_held_bytes)
    return hold({}, result);
  const auto width = entry_width(result.type);
  TRIVIUM_TRY(auto bytes, unpack_varints(*files_.files[0].bytes, varints,
                                         result.bytes / width, width));
  return hold(std::move(bytes), result);
}

expected<void> tensor_reader::hold(std::vector<std::byte> bytes,
                                   checked_tensor& result) {
  if (result.bytes > max_held_bytes - held_)
    return fail(
      ec::resource_exhausted,
      "more than " + std::to_string(max_held_bytes)
        + " bytes of weights in typed fields; store them as raw_data");
  held_ += result.bytes;
  result.held =
    std::make_shared<const std::vector<std::byte>>(std::move(bytes));
  return {};
}

} // namespace trivium::storage::onnx_io

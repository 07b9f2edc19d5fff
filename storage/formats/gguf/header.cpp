#include "storage/formats/gguf/header.hpp"

#include "messages/values/shown_name.hpp"
#include "storage/formats/gguf/byte_cursor.hpp"
#include "storage/formats/gguf/metadata.hpp"
#include "storage/formats/tensor_limits.hpp"

#include <bit>
#include <unordered_set>

namespace trivium::storage {

namespace {

constexpr uint32_t magic = 0x46554747; // "GGUF"
constexpr uint32_t version = 3;
/// The least that one key (length, 1 byte, type, 1 byte) and one tensor info
/// (length, dimensions, type, offset) take: counts beyond cannot be true.
constexpr uint64_t min_key_bytes = 8 + 1 + 4 + 1;
constexpr uint64_t min_tensor_bytes = 8 + 4 + 4 + 8;
constexpr uint32_t max_dimensions = 4;
/// Files align to 32 bytes; padding is held in memory when they are written.
constexpr uint64_t max_alignment = 65536;
constexpr uint64_t most = uint64_t{1} << 63;

template <class T>
expected<T> in_context(expected<T> result, const std::string& what) {
  if (!result)
    return fail(result.error().code, what + ": " + result.error().text);
  return result;
}

expected<void> read_version(byte_cursor& cursor) {
  TRIVIUM_TRY(const auto seen_magic,
              in_context(cursor.number<uint32_t>(), "gguf: magic"));
  if (seen_magic != magic)
    return fail(ec::invalid_argument,
                "gguf: the file does not start with GGUF");
  TRIVIUM_TRY(const auto seen,
              in_context(cursor.number<uint32_t>(), "gguf: version"));
  if (seen != 0 && (seen & 0xffff) == 0)
    return fail(ec::unsupported,
                "gguf: a big-endian file; only little-endian ones are read");
  if (seen != version)
    return fail(ec::unsupported, "gguf: version " + std::to_string(seen)
                                   + ", only version 3 is read");
  return {};
}

/// A count of things of at least `min_bytes` each.
expected<uint64_t> read_count(byte_cursor& cursor, const std::string& what,
                              uint64_t min_bytes, uint64_t limit) {
  TRIVIUM_TRY(const auto count,
              in_context(cursor.number<uint64_t>(), "gguf: " + what));
  if (count > cursor.left() / min_bytes)
    return fail(ec::invalid_argument, "gguf: " + std::to_string(count) + " "
                                        + what + " declared, the file has "
                                        + std::to_string(cursor.left())
                                        + " bytes left");
  if (count > limit)
    return fail(ec::resource_exhausted, "gguf: " + std::to_string(count) + " "
                                          + what + " declared, the most is "
                                          + std::to_string(limit));
  return count;
}

expected<void> read_keys(byte_cursor& cursor, uint64_t count,
                         gguf_header& header) {
  std::unordered_set<std::string> names;
  header.keys_begin = cursor.position();
  for (uint64_t i = 0; i < count; ++i) {
    TRIVIUM_TRY(auto key, in_context(read_gguf_key(cursor),
                                     "gguf: key " + std::to_string(i)));
    if (!names.insert(key.name).second)
      return fail(ec::invalid_argument,
                  "gguf: key " + shown_name(key.name) + " comes twice");
    header.keys.push_back(std::move(key));
  }
  header.keys_end = cursor.position();
  return {};
}

expected<void> read_settings(const readable_file& file, gguf_header& header) {
  for (const auto& key : header.keys) {
    if (key.name == "general.alignment") {
      if (key.type != gguf_value_type::u32)
        return fail(ec::invalid_argument,
                    "gguf: general.alignment is no UINT32");
      TRIVIUM_TRY(header.alignment, read_gguf_natural(file, key));
      if (!std::has_single_bit(header.alignment))
        return fail(ec::invalid_argument, "gguf: general.alignment is "
                                            + std::to_string(header.alignment)
                                            + ", no power of two");
      if (header.alignment > max_alignment)
        return fail(ec::invalid_argument, "gguf: general.alignment is "
                                            + std::to_string(header.alignment)
                                            + ", the most is "
                                            + std::to_string(max_alignment));
    } else if (key.name == "split.count") {
      TRIVIUM_TRY(header.parts, read_gguf_natural(file, key));
    }
  }
  return {};
}

/// Bytes of `tensor`: whole blocks in each row, no product beyond 2^63.
expected<uint64_t> tensor_bytes(const gguf_tensor& tensor) {
  TRIVIUM_TRY(const auto elements, element_count(tensor.extents));
  const auto block = tensor.type->block;
  const auto row = tensor.extents.empty() ? 1 : tensor.extents.front();
  if (row % block.elements != 0)
    return fail(ec::invalid_argument,
                "rows of " + std::to_string(row) + " elements are no whole "
                  + std::string{tensor.type->name} + " blocks of "
                  + std::to_string(block.elements));
  uint64_t bytes = 0;
  if (__builtin_mul_overflow(elements / block.elements, uint64_t{block.bytes},
                             &bytes)
      || bytes >= most)
    return fail(ec::invalid_argument,
                std::to_string(elements) + " elements exceed 2^63 bytes");
  return bytes;
}

/// What stands behind a tensor's name.
expected<void> read_body(byte_cursor& cursor, gguf_tensor& tensor) {
  TRIVIUM_TRY(const auto dimensions, cursor.number<uint32_t>());
  if (dimensions > max_dimensions)
    return fail(ec::invalid_argument,
                std::to_string(dimensions) + " dimensions, the most is 4");
  for (uint32_t i = 0; i < dimensions; ++i) {
    TRIVIUM_TRY(const auto extent, cursor.number<uint64_t>());
    tensor.extents.push_back(extent);
  }
  TRIVIUM_TRY(const auto type, cursor.number<uint32_t>());
  tensor.type = find_ggml_type(type);
  if (tensor.type == nullptr)
    return fail(ec::unsupported,
                "type " + std::to_string(type) + " is not known");
  TRIVIUM_TRY(tensor.offset, cursor.number<uint64_t>());
  TRIVIUM_TRY(tensor.size, tensor_bytes(tensor));
  return {};
}

expected<void> read_tensors(byte_cursor& cursor, uint64_t count,
                            gguf_header& header) {
  std::unordered_set<std::string> names;
  for (uint64_t i = 0; i < count; ++i) {
    gguf_tensor tensor;
    TRIVIUM_TRY(tensor.name,
                in_context(cursor.text(max_gguf_tensor_name),
                           "gguf: name of tensor " + std::to_string(i)));
    const auto what = "gguf: tensor " + shown_name(tensor.name);
    if (!names.insert(tensor.name).second)
      return fail(ec::invalid_argument, what + " comes twice");
    TRIVIUM_CHECK(in_context(read_body(cursor, tensor), what));
    header.tensors.push_back(std::move(tensor));
  }
  return {};
}

/// Rounds up; @pre no overflow: both are below 2^63.
uint64_t aligned(uint64_t offset, uint64_t alignment) {
  return (offset + alignment - 1) / alignment * alignment;
}

/// As ggml has it: each tensor begins where the one before it ends, padded.
expected<void> check_places(const gguf_header& header, uint64_t file_size) {
  const auto data =
    header.data_offset < file_size ? file_size - header.data_offset : 0;
  uint64_t wanted = 0;
  for (const auto& tensor : header.tensors) {
    const auto what = "gguf: tensor " + shown_name(tensor.name);
    if (tensor.offset != wanted)
      return fail(ec::invalid_argument,
                  what + ": at offset " + std::to_string(tensor.offset)
                    + " of the data, the one before ends at "
                    + std::to_string(wanted));
    if (tensor.offset > data || tensor.size > data - tensor.offset)
      return fail(ec::invalid_argument,
                  what + ": " + std::to_string(tensor.size)
                    + " bytes declared, "
                    + std::to_string(data - std::min(data, tensor.offset))
                    + " left at offset "
                    + std::to_string(header.data_offset + tensor.offset));
    wanted = aligned(tensor.offset + tensor.size, header.alignment);
  }
  return {};
}

} // namespace

expected<gguf_header> read_gguf_header(const readable_file& file) {
  byte_cursor cursor{file};
  gguf_header header;
  TRIVIUM_CHECK(read_version(cursor));
  TRIVIUM_TRY(const auto tensors,
              read_count(cursor, "tensors", min_tensor_bytes, max_tensors));
  TRIVIUM_TRY(const auto keys,
              read_count(cursor, "keys", min_key_bytes, max_gguf_keys));
  TRIVIUM_CHECK(read_keys(cursor, keys, header));
  TRIVIUM_CHECK(read_settings(file, header));
  TRIVIUM_CHECK(read_tensors(cursor, tensors, header));
  header.data_offset = aligned(cursor.position(), header.alignment);
  TRIVIUM_CHECK(check_places(header, file.size()));
  return header;
}

} // namespace trivium::storage

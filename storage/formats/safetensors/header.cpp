#include "storage/formats/safetensors/header.hpp"

#include "messages/values/json_writer.hpp"
#include "storage/formats/json_document.hpp"
#include "storage/formats/tensor_limits.hpp"

#include <algorithm>
#include <array>
#include <tuple>

namespace trivium::storage {

namespace {

using simdjson::dom::element;
using simdjson::dom::object;

constexpr uint64_t prefix_bytes = 8;

uint64_t little_endian(const std::array<std::byte, prefix_bytes>& bytes) {
  uint64_t value = 0;
  for (size_t i = prefix_bytes; i-- > 0;)
    value = value << 8 | std::to_integer<uint64_t>(bytes[i]);
  return value;
}

/// The JSON text of the header; its length is checked before it is allocated.
expected<std::string> header_text(const readable_file& file,
                                  const std::string& where) {
  if (file.size() < prefix_bytes)
    return fail(ec::invalid_argument, where + ": " + std::to_string(file.size())
                                        + " bytes are too few for a header");
  std::array<std::byte, prefix_bytes> prefix{};
  TRIVIUM_CHECK(file.read(0, prefix));
  const auto length = little_endian(prefix);
  if (length > max_safetensors_header)
    return fail(ec::invalid_argument,
                where + ": header of " + std::to_string(length)
                  + " bytes declared, the most is "
                  + std::to_string(max_safetensors_header));
  if (length > file.size() - prefix_bytes)
    return fail(
      ec::invalid_argument,
      where + ": header of " + std::to_string(length) + " bytes declared, "
        + std::to_string(file.size() - prefix_bytes) + " left at offset 8");
  std::string text(length, '\0');
  TRIVIUM_CHECK(
    file.read(prefix_bytes, std::as_writable_bytes(std::span{text})));
  if (text.empty() || text.front() != '{')
    return fail(ec::invalid_argument,
                where + ": header does not start with '{'");
  return text;
}

expected<safetensors_metadata> read_metadata(element value,
                                             const std::string& where) {
  if (!value.is_object())
    return fail(ec::invalid_argument, where + ": __metadata__ is no object");
  safetensors_metadata metadata;
  for (const auto field : object{value}) {
    std::string_view text;
    if (field.value.get(text))
      return fail(ec::invalid_argument, where + ": __metadata__ "
                                          + shown_name(field.key)
                                          + " is no string");
    metadata.emplace_back(field.key, text);
  }
  return metadata;
}

expected<std::vector<uint64_t>> naturals(element value,
                                         const std::string& what) {
  simdjson::dom::array items;
  if (value.get(items))
    return fail(ec::invalid_argument, what + " is no array");
  if (items.size() > max_rank)
    return fail(ec::invalid_argument,
                what + " has " + std::to_string(items.size())
                  + " numbers, the most is " + std::to_string(max_rank));
  std::vector<uint64_t> numbers;
  for (const auto item : items) {
    uint64_t number = 0;
    if (item.get(number))
      return fail(ec::invalid_argument,
                  what + " holds something else than whole numbers ≥ 0");
    numbers.push_back(number);
  }
  return numbers;
}

/// Fills one member of an entry from one member of its JSON object.
expected<void> read_member(safetensors_entry& entry, std::string_view key,
                           element value, const std::string& what) {
  if (key == "dtype") {
    std::string_view name;
    if (value.get(name))
      return fail(ec::invalid_argument, what + ": dtype is no string");
    entry.dtype = find_dtype(name);
    if (entry.dtype == nullptr)
      return fail(ec::unsupported,
                  what + ": dtype " + shown_name(name) + " is not known");
  } else if (key == "shape") {
    TRIVIUM_TRY(entry.shape, naturals(value, what + ": shape"));
  } else if (key == "data_offsets") {
    TRIVIUM_TRY(const auto offsets, naturals(value, what + ": data_offsets"));
    if (offsets.size() != 2)
      return fail(ec::invalid_argument, what + ": data_offsets has "
                                          + std::to_string(offsets.size())
                                          + " numbers, not 2");
    entry.begin = offsets[0];
    entry.end = offsets[1];
  } else {
    return fail(ec::invalid_argument,
                what + ": member " + shown_name(key) + " is not known");
  }
  return {};
}

expected<void> check_size(const safetensors_entry& entry,
                          const std::string& what) {
  const auto wrong = [&](const error& e) {
    return fail(e.code, what + ": " + e.text);
  };
  const auto elements = element_count(entry.shape);
  if (!elements)
    return wrong(elements.error());
  const auto bytes = dtype_bytes(*entry.dtype, *elements);
  if (!bytes)
    return wrong(bytes.error());
  if (entry.begin > entry.end)
    return fail(ec::invalid_argument,
                what + ": begins at " + std::to_string(entry.begin)
                  + " behind its end " + std::to_string(entry.end));
  if (*bytes != entry.size())
    return fail(ec::invalid_argument, what + ": " + to_string(entry.shape) + " "
                                        + std::string{entry.dtype->name}
                                        + " is " + std::to_string(*bytes)
                                        + " bytes, data_offsets cover "
                                        + std::to_string(entry.size()));
  return {};
}

expected<safetensors_entry> read_entry(std::string_view name, element value,
                                       const std::string& where) {
  const auto what = where + ": tensor " + shown_name(name);
  object members;
  if (value.get(members))
    return fail(ec::invalid_argument, what + " is no object");
  TRIVIUM_CHECK(check_tensor_name(where + ": tensor", name));
  safetensors_entry entry;
  entry.name = name;
  size_t seen = 0;
  for (const auto field : members) {
    TRIVIUM_CHECK(read_member(entry, field.key, field.value, what));
    ++seen;
  }
  if (seen != 3) // keys are known and different from each other
    return fail(ec::invalid_argument,
                what + ": dtype, shape and data_offsets are wanted");
  TRIVIUM_CHECK(check_size(entry, what));
  return entry;
}

/// @pre sorted by begin.
expected<void> check_coverage(const safetensors_header& header,
                              uint64_t data_bytes, const std::string& where) {
  uint64_t end = 0;
  for (const auto& entry : header.entries) {
    const auto what = where + ": tensor " + shown_name(entry.name);
    if (entry.end > data_bytes)
      return fail(ec::invalid_argument,
                  what + ": ends at " + std::to_string(entry.end)
                    + ", the data has " + std::to_string(data_bytes)
                    + " bytes");
    if (entry.begin != end)
      return fail(ec::invalid_argument,
                  what + ": begins at " + std::to_string(entry.begin)
                    + (entry.begin < end ? ", overlaps what ends at "
                                         : ", leaves a hole behind ")
                    + std::to_string(end));
    end = entry.end;
  }
  if (end != data_bytes)
    return fail(ec::invalid_argument, where + ": "
                                        + std::to_string(data_bytes - end)
                                        + " bytes follow the last tensor");
  return {};
}

} // namespace

expected<safetensors_header> read_safetensors_header(const readable_file& file,
                                                     const std::string& where) {
  TRIVIUM_TRY(const auto text, header_text(file, where));
  TRIVIUM_TRY(const auto document,
              json_document::parse(text, where + ": header"));
  safetensors_header header;
  header.data_offset = prefix_bytes + text.size();
  for (const auto field : object{document.root()}) {
    if (field.key == "__metadata__") {
      TRIVIUM_TRY(header.metadata, read_metadata(field.value, where));
      continue;
    }
    TRIVIUM_TRY(auto entry, read_entry(field.key, field.value, where));
    header.entries.push_back(std::move(entry));
  }
  std::sort(header.entries.begin(), header.entries.end(),
            [](const auto& a, const auto& b) {
              return std::tie(a.begin, a.end, a.name)
                     < std::tie(b.begin, b.end, b.name);
            });
  TRIVIUM_CHECK(
    check_coverage(header, file.size() - header.data_offset, where));
  return header;
}

std::string write_safetensors_header(std::span<const safetensors_entry> entries,
                                     const safetensors_metadata& metadata) {
  json_writer json;
  json.object([&] {
    if (!metadata.empty()) {
      json.key("__metadata__");
      json.object([&] {
        for (const auto& [key, value] : metadata)
          json.member(key, value);
      });
    }
    for (const auto& entry : entries) {
      json.key(entry.name);
      json.object([&] {
        json.member("dtype", entry.dtype->name);
        json.key("shape");
        json.array([&] {
          for (const auto dimension : entry.shape)
            json.value(dimension);
        });
        json.key("data_offsets");
        json.array([&] {
          json.value(entry.begin);
          json.value(entry.end);
        });
      });
    }
  });
  auto text = std::move(json).text();
  text.resize((text.size() + 7) / 8 * 8, ' ');
  std::string prefix(prefix_bytes, '\0');
  for (size_t i = 0; i < prefix_bytes; ++i)
    prefix[i] = static_cast<char>(text.size() >> (8 * i));
  return prefix + text;
}

} // namespace trivium::storage

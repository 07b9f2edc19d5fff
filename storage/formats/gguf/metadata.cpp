#include "storage/formats/gguf/metadata.hpp"

#include "messages/values/shown_name.hpp"

namespace trivium::storage {

namespace {

/// Bytes of one value of fixed size; 0 for strings and arrays.
uint64_t fixed_bytes(gguf_value_type type) {
  switch (type) {
  case gguf_value_type::u8:
  case gguf_value_type::i8:
  case gguf_value_type::boolean:
    return 1;
  case gguf_value_type::u16:
  case gguf_value_type::i16:
    return 2;
  case gguf_value_type::u32:
  case gguf_value_type::i32:
  case gguf_value_type::f32:
    return 4;
  case gguf_value_type::u64:
  case gguf_value_type::i64:
  case gguf_value_type::f64:
    return 8;
  default:
    return 0;
  }
}

expected<gguf_value_type> read_type(byte_cursor& cursor) {
  TRIVIUM_TRY(const auto type, cursor.number<uint32_t>());
  if (type > static_cast<uint32_t>(gguf_value_type::f64))
    return fail(ec::unsupported,
                "value type " + std::to_string(type) + " is not known");
  return static_cast<gguf_value_type>(type);
}

expected<void> skip_text(byte_cursor& cursor) {
  TRIVIUM_TRY(const auto length, cursor.number<uint64_t>());
  return cursor.skip(length);
}

expected<void> skip_array(byte_cursor& cursor) {
  TRIVIUM_TRY(const auto type, read_type(cursor));
  TRIVIUM_TRY(const auto count, cursor.number<uint64_t>());
  if (type == gguf_value_type::array)
    return fail(ec::invalid_argument, "an array of arrays");
  const auto is_text = type == gguf_value_type::string;
  const auto each = is_text ? sizeof(uint64_t) : fixed_bytes(type);
  if (count > cursor.left() / each)
    return fail(ec::invalid_argument,
                "an array of " + std::to_string(count) + " items, "
                  + std::to_string(cursor.left()) + " bytes left at offset "
                  + std::to_string(cursor.position()));
  if (!is_text)
    return cursor.skip(count * each);
  for (uint64_t i = 0; i < count; ++i)
    TRIVIUM_CHECK(skip_text(cursor));
  return {};
}

expected<void> skip_value(byte_cursor& cursor, gguf_value_type type) {
  switch (type) {
  case gguf_value_type::string:
    return skip_text(cursor);
  case gguf_value_type::array:
    return skip_array(cursor);
  case gguf_value_type::boolean: {
    TRIVIUM_TRY(const auto truth, cursor.number<uint8_t>());
    if (truth > 1)
      return fail(ec::invalid_argument,
                  "a BOOL of value " + std::to_string(truth));
    return {};
  }
  default:
    return cursor.skip(fixed_bytes(type));
  }
}

template <class Number>
expected<uint64_t> natural(byte_cursor& cursor, const gguf_key& key) {
  TRIVIUM_TRY(const auto value, cursor.number<Number>());
  if (value < 0)
    return fail(ec::invalid_argument,
                "gguf: key " + shown_name(key.name) + " is negative");
  return static_cast<uint64_t>(value);
}

template <class Number>
void append_number(std::string& bytes, Number value) {
  for (size_t i = 0; i < sizeof(Number); ++i)
    bytes += static_cast<char>(value >> (8 * i));
}

} // namespace

expected<gguf_key> read_gguf_key(byte_cursor& cursor) {
  gguf_key key;
  key.begin = cursor.position();
  TRIVIUM_TRY(key.name, cursor.text(max_gguf_key));
  if (key.name.empty())
    return fail(ec::invalid_argument, "has no name");
  const auto in_key = [&](const error& e) {
    return fail(e.code, shown_name(key.name) + ": " + e.text);
  };
  const auto type = read_type(cursor);
  if (!type)
    return in_key(type.error());
  key.type = *type;
  key.value_begin = cursor.position();
  if (const auto skipped = skip_value(cursor, key.type); !skipped)
    return in_key(skipped.error());
  key.end = cursor.position();
  return key;
}

expected<uint64_t> read_gguf_natural(const readable_file& file,
                                     const gguf_key& key) {
  byte_cursor cursor{file};
  TRIVIUM_CHECK(cursor.skip(key.value_begin));
  switch (key.type) {
  case gguf_value_type::u8:
    return natural<uint8_t>(cursor, key);
  case gguf_value_type::i8:
    return natural<int8_t>(cursor, key);
  case gguf_value_type::u16:
    return natural<uint16_t>(cursor, key);
  case gguf_value_type::i16:
    return natural<int16_t>(cursor, key);
  case gguf_value_type::u32:
    return natural<uint32_t>(cursor, key);
  case gguf_value_type::i32:
    return natural<int32_t>(cursor, key);
  case gguf_value_type::u64:
    return natural<uint64_t>(cursor, key);
  case gguf_value_type::i64:
    return natural<int64_t>(cursor, key);
  default:
    return fail(ec::invalid_argument,
                "gguf: key " + shown_name(key.name) + " is no integer");
  }
}

void append_u32(std::string& bytes, uint32_t value) {
  append_number(bytes, value);
}

void append_u64(std::string& bytes, uint64_t value) {
  append_number(bytes, value);
}

void append_text(std::string& bytes, std::string_view text) {
  append_u64(bytes, text.size());
  bytes += text;
}

std::string gguf_u32_key(std::string_view name, uint32_t value) {
  std::string bytes;
  append_text(bytes, name);
  append_u32(bytes, static_cast<uint32_t>(gguf_value_type::u32));
  append_u32(bytes, value);
  return bytes;
}

} // namespace trivium::storage

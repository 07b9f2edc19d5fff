#include "storage/golden/npy_header.hpp"

#include "messages/values/names.hpp"

#include <array>
#include <optional>
#include <string_view>

namespace trivium::storage {

namespace {

// NEP 1: https://numpy.org/neps/nep-0001-npy-format.html
constexpr std::string_view magic{"\x93NUMPY", 6};
constexpr size_t alignment = 64;
constexpr size_t max_rank = 64;

struct type_row {
  std::string_view descr;
  tensor_type type;
};

// The first row of a type is the one that is written.
constexpr std::array type_rows{
  type_row{"<f8", tensor_type::f64},  type_row{"<f4", tensor_type::f32},
  type_row{"<f2", tensor_type::f16},  type_row{"<V2", tensor_type::bf16},
  type_row{"|V2", tensor_type::bf16}, type_row{"<i8", tensor_type::i64},
  type_row{"<i4", tensor_type::i32},  type_row{"<i2", tensor_type::i16},
  type_row{"|i1", tensor_type::i8},   type_row{"<u8", tensor_type::u64},
  type_row{"<u4", tensor_type::u32},  type_row{"<u2", tensor_type::u16},
  type_row{"|u1", tensor_type::u8},   type_row{"|b1", tensor_type::boolean},
};

tl::unexpected<error> bad(std::string text) {
  return fail(ec::invalid_argument, "npy: " + std::move(text));
}

/// Reads the one literal that a header may be, token by token.
class literal_reader {
public:
  explicit literal_reader(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool takes(std::string_view token) {
    skip_spaces();
    if (!rest_.starts_with(token))
      return false;
    rest_.remove_prefix(token.size());
    return true;
  }

  /// 'text' in single quotes, without escapes.
  [[nodiscard]] std::optional<std::string_view> quoted() {
    if (!takes("'"))
      return std::nullopt;
    const auto end = rest_.find_first_of("'\\\n");
    if (end == std::string_view::npos || rest_[end] != '\'')
      return std::nullopt;
    const auto text = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return text;
  }

  /// Decimal digits below 2^63.
  [[nodiscard]] std::optional<uint64_t> number() {
    skip_spaces();
    uint64_t value = 0;
    size_t digits = 0;
    for (;
         digits < rest_.size() && rest_[digits] >= '0' && rest_[digits] <= '9';
         ++digits)
      if (__builtin_mul_overflow(value, uint64_t{10}, &value)
          || __builtin_add_overflow(
            value, static_cast<uint64_t>(rest_[digits] - '0'), &value)
          || value >> 63 != 0)
        return std::nullopt;
    if (digits == 0)
      return std::nullopt;
    rest_.remove_prefix(digits);
    return value;
  }

  [[nodiscard]] bool is_at_end() {
    skip_spaces();
    return rest_ == "\n" || rest_.empty();
  }

private:
  void skip_spaces() {
    while (!rest_.empty() && rest_.front() == ' ')
      rest_.remove_prefix(1);
  }

  std::string_view rest_;
};

expected<tensor_type> read_type(literal_reader& reader) {
  const auto descr = reader.quoted();
  if (!descr)
    return fail(ec::unsupported, "npy: descr is no plain type such as '<f4'");
  for (const auto& row : type_rows)
    if (row.descr == *descr)
      return row.type;
  if (descr->starts_with('>'))
    return fail(ec::unsupported, "npy: type '" + printable(*descr)
                                   + "' is big endian, little endian wanted");
  return fail(ec::unsupported,
              "npy: type '" + printable(*descr) + "' is not known");
}

expected<void> read_order(literal_reader& reader) {
  if (reader.takes("False"))
    return {};
  if (reader.takes("True"))
    return fail(ec::unsupported,
                "npy: Fortran order; save numpy.ascontiguousarray(x)");
  return bad("fortran_order is neither True nor False");
}

/// "()", "(3,)", "(3, 4)", "(3, 4,)".
expected<tensor_shape> read_shape(literal_reader& reader) {
  tensor_shape shape;
  if (!reader.takes("("))
    return bad("shape is no tuple");
  while (!reader.takes(")")) {
    const auto dimension = reader.number();
    if (!dimension)
      return bad("shape holds something else than numbers below 2^63");
    shape.push_back(*dimension);
    if (shape.size() > max_rank)
      return bad("shape has more than " + std::to_string(max_rank)
                 + " dimensions");
    const bool has_comma = reader.takes(",");
    if (!has_comma && (shape.size() == 1 || !reader.takes(")")))
      return bad("shape is no tuple");
    if (!has_comma)
      break;
  }
  return shape;
}

struct dictionary {
  tensor_type type = tensor_type::unknown;
  tensor_shape shape;
  bool has_order = false;
  bool has_shape = false;
};

expected<void> read_entry(literal_reader& reader, dictionary& entries) {
  const auto key = reader.quoted();
  if (!key || !reader.takes(":"))
    return bad("header is not the dictionary that NumPy writes");
  if (*key == "descr" && entries.type == tensor_type::unknown) {
    TRIVIUM_TRY(entries.type, read_type(reader));
  } else if (*key == "fortran_order" && !entries.has_order) {
    TRIVIUM_CHECK(read_order(reader));
    entries.has_order = true;
  } else if (*key == "shape" && !entries.has_shape) {
    TRIVIUM_TRY(entries.shape, read_shape(reader));
    entries.has_shape = true;
  } else {
    return bad("header key '" + printable(*key) + "' is unknown or twice");
  }
  return {};
}

expected<dictionary> read_dictionary(std::string_view text) {
  literal_reader reader{text};
  dictionary entries;
  if (!reader.takes("{"))
    return bad("header is no dictionary");
  while (!reader.takes("}")) {
    TRIVIUM_CHECK(read_entry(reader, entries));
    if (reader.takes(","))
      continue;
    if (reader.takes("}"))
      break;
    return bad("header is not the dictionary that NumPy writes");
  }
  if (!reader.is_at_end())
    return bad("something follows the header's dictionary");
  if (entries.type == tensor_type::unknown || !entries.has_order
      || !entries.has_shape)
    return bad("header lacks descr, fortran_order or shape");
  return entries;
}

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Bytes of the length field: 2 in version 1, 4 in versions 2 and 3.
size_t length_bytes(uint8_t major) { return major == 1 ? 2 : 4; }

} // namespace

expected<uint64_t> npy_value_offset(std::span<const std::byte> prefix) {
  const auto text = text_of(prefix);
  if (text.size() < npy_prefix_bytes || !text.starts_with(magic))
    return bad("no .npy file: it does not start with \\x93NUMPY");
  const auto major = static_cast<uint8_t>(text[6]);
  if (major < 1 || major > 2 || text[7] != 0)
    return fail(ec::unsupported,
                "npy: version " + std::to_string(major) + "."
                  + std::to_string(static_cast<uint8_t>(text[7]))
                  + ", 1.0 and 2.0 are read");
  uint64_t length = 0;
  for (size_t i = 0; i < length_bytes(major); ++i)
    length |= uint64_t{static_cast<uint8_t>(text[8 + i])} << (8 * i);
  if (length > max_npy_header_bytes)
    return bad("header of " + std::to_string(length) + " bytes, at most "
               + std::to_string(max_npy_header_bytes) + " are read");
  return 8 + length_bytes(major) + length;
}

expected<npy_header> parse_npy_header(std::span<const std::byte> bytes) {
  TRIVIUM_TRY(const auto offset, npy_value_offset(bytes));
  if (offset > bytes.size())
    return bad("header of " + std::to_string(offset) + " bytes, "
               + std::to_string(bytes.size()) + " are there");
  const auto begin = 8 + length_bytes(std::to_integer<uint8_t>(bytes[6]));
  TRIVIUM_TRY(auto entries,
              read_dictionary(text_of(bytes).substr(begin, offset - begin)));
  npy_header header;
  header.type = entries.type;
  header.shape = std::move(entries.shape);
  header.value_offset = offset;
  TRIVIUM_TRY(const auto elements, element_count(header.shape));
  TRIVIUM_TRY(header.value_bytes, size_bytes(header.type, elements));
  return header;
}

expected<std::string> npy_header_text(tensor_type type,
                                      const tensor_shape& shape) {
  std::string_view descr;
  for (const auto& row : type_rows)
    if (row.type == type && descr.empty())
      descr = row.descr;
  if (descr.empty())
    return fail(ec::unsupported, "npy: type " + std::string{to_string(type)}
                                   + " has no form in a .npy file");
  auto dictionary = "{'descr': '" + std::string{descr}
                    + "', 'fortran_order': False, 'shape': (";
  for (size_t i = 0; i < shape.size(); ++i)
    dictionary += (i == 0 ? "" : " ") + std::to_string(shape[i])
                  + (i + 1 < shape.size() || shape.size() == 1 ? "," : "");
  dictionary += "), }";
  const auto unpadded = magic.size() + 4 + dictionary.size() + 1;
  dictionary.append((alignment - unpadded % alignment) % alignment, ' ');
  dictionary += '\n';
  std::string text{magic};
  text += {1, 0, static_cast<char>(dictionary.size() & 0xff),
           static_cast<char>(dictionary.size() >> 8)};
  return text + dictionary;
}

} // namespace trivium::storage

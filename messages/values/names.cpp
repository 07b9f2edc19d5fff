#include "messages/values/names.hpp"

#include <algorithm>
#include <vector>

namespace trivium {

namespace {

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
         || (c >= '0' && c <= '9');
}

bool is_name_byte(char c) {
  return is_alphanumeric(c) || c == '.' || c == '_' || c == '-';
}

/// C1 controls (U+0080–U+009F) move terminals as C0 do; line separators
/// (U+2028, U+2029) break lines; directional marks (U+202A–U+202E,
/// U+2066–U+2069) make text read as what it is not.
bool moves_cursor(std::string_view sequence) {
  if (sequence.size() == 2)
    return sequence >= "\xc2\x80" && sequence <= "\xc2\x9f";
  return sequence.size() == 3
         && ((sequence >= "\xe2\x80\xa8" && sequence <= "\xe2\x80\xae")
             || (sequence >= "\xe2\x81\xa6" && sequence <= "\xe2\x81\xa9"));
}

} // namespace

expected<void> check_name(std::string_view what, std::string_view name) {
  const auto refuse = [&](std::string_view why) {
    return fail(ec::invalid_argument,
                std::string{what} + " \"" + printable(name.substr(0, 64))
                  + (name.size() > 64 ? "…" : "") + "\" " + std::string{why});
  };
  if (name.empty())
    return refuse("is empty");
  if (name.size() > max_name_bytes)
    return refuse("has " + std::to_string(name.size()) + " bytes; at most "
                  + std::to_string(max_name_bytes) + " are allowed");
  if (!std::all_of(name.begin(), name.end(), is_name_byte))
    return refuse("may hold only letters, digits, '.', '_' and '-'");
  if (!is_alphanumeric(name.front()))
    return refuse("must start with a letter or digit");
  if (name.find("..") != std::string_view::npos)
    return refuse("may not hold \"..\"");
  return {};
}

std::string sanitised_name(std::string_view text) {
  std::string name;
  for (const auto c : text.substr(0, max_name_bytes)) {
    const auto byte = is_name_byte(c) ? c : '-';
    if (name.empty() && !is_alphanumeric(byte))
      continue;
    if (byte == '.' && name.back() == '.')
      continue;
    name += byte;
  }
  return name.empty() ? "model" : name;
}

size_t utf8_length(std::string_view s) {
  if (s.empty())
    return 0;
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(s[i]); };
  const auto follows = [&](size_t i) {
    return i < s.size() && (byte(i) & 0xc0) == 0x80;
  };
  const auto first = byte(0);
  if (first < 0x80)
    return 1;
  if (first >= 0xc2 && first <= 0xdf)
    return follows(1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    if (!follows(1) || !follows(2) || (first == 0xe0 && byte(1) < 0xa0)
        || (first == 0xed && byte(1) > 0x9f))
      return 0;
    return 3;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    if (!follows(1) || !follows(2) || !follows(3)
        || (first == 0xf0 && byte(1) < 0x90)
        || (first == 0xf4 && byte(1) > 0x8f))
      return 0;
    return 4;
  }
  return 0;
}

std::string printable(std::string_view text) {
  const auto is_plain = [](char c) { return c >= 0x20 && c < 0x7f; };
  if (std::all_of(text.begin(), text.end(), is_plain))
    return std::string{text};
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto byte = static_cast<unsigned char>(text.front());
    const auto length = utf8_length(text);
    if (length == 0 || byte < 0x20 || byte == 0x7f
        || moves_cursor(text.substr(0, length))) {
      out += "\\x";
      out += digits[byte >> 4];
      out += digits[byte & 15];
      text.remove_prefix(1);
      continue;
    }
    out += text.substr(0, length);
    text.remove_prefix(length);
  }
  return out;
}

size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j)
    row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    auto diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const auto substitute = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({substitute, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

std::string to_string(const model_ref& ref) {
  return ref.name_space + "/" + ref.model;
}

expected<alias_ref> alias_ref::parse(std::string_view text) {
  alias_ref ref;
  if (const auto at = text.find('@'); at != std::string_view::npos) {
    ref.alias = text.substr(at + 1);
    text = text.substr(0, at);
  }
  if (const auto slash = text.find('/'); slash != std::string_view::npos) {
    ref.model.name_space = text.substr(0, slash);
    text = text.substr(slash + 1);
  }
  ref.model.model = text;
  TRIVIUM_CHECK(check_name("namespace", ref.model.name_space));
  TRIVIUM_CHECK(check_name("model name", ref.model.model));
  TRIVIUM_CHECK(check_name("alias", ref.alias));
  return ref;
}

} // namespace trivium

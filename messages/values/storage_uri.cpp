#include "messages/values/storage_uri.hpp"

#include "messages/values/names.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace trivium {

namespace {

constexpr std::array<std::string_view, 2> scheme_names{"file", "s3"};
constexpr std::string_view after_scheme = "://";

bool is_lower_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

tl::unexpected<error> refuse(std::string text) {
  return fail(ec::invalid_argument, "storage_uri: " + std::move(text));
}

std::string at(size_t byte) { return " at byte " + std::to_string(byte); }

std::string in_quotes(std::string_view text) {
  constexpr size_t shown = 64;
  return "\"" + printable(text.substr(0, shown))
         + (text.size() > shown ? "…\"" : "\"");
}

expected<storage_scheme> read_scheme(std::string_view text) {
  const auto end = text.find(after_scheme);
  if (end == std::string_view::npos) // may be anything: not repeated
    return refuse("begins with no scheme; wanted file:///… or s3://…");
  const auto seen = text.substr(0, end);
  for (size_t i = 0; i < scheme_names.size(); ++i)
    if (scheme_names.at(i) == seen)
      return static_cast<storage_scheme>(i);
  const auto is_name = std::all_of(seen.begin(), seen.end(), [](char c) {
    return is_lower_or_digit(c) || (c >= 'A' && c <= 'Z') || c == '+'
           || c == '-' || c == '.';
  });
  return refuse("scheme " + (is_name ? in_quotes(seen) : "of other characters")
                + " is not one of file, s3 (lower case)");
}

/// `text` with nothing but a scheme, an authority and a path.
expected<void> check_parts(std::string_view text, size_t authority,
                           size_t path) {
  if (const auto mark = text.find_first_of("?#");
      mark != std::string_view::npos)
    return refuse(std::string{"a "} + (text[mark] == '?' ? "query" : "fragment")
                  + at(mark) + "; none is allowed");
  for (const auto& [mark, what] :
       {std::pair{'@', "userinfo before"}, std::pair{':', "a port after"}})
    if (const auto found = text.substr(0, path).find(mark, authority);
        found != std::string_view::npos)
      return refuse(std::string{what} + " '" + mark + "'" + at(found)
                    + "; none is allowed");
  return {};
}

std::string_view fault_of_bucket(std::string_view bucket) {
  if (bucket.size() < 3 || bucket.size() > 63)
    return "has not 3 to 63 bytes";
  const auto is_allowed = [](char c) {
    return is_lower_or_digit(c) || c == '.' || c == '-';
  };
  if (!std::all_of(bucket.begin(), bucket.end(), is_allowed))
    return "may hold only lower-case letters, digits, '.' and '-'";
  if (!is_lower_or_digit(bucket.front()) || !is_lower_or_digit(bucket.back()))
    return "must begin and end with a letter or digit";
  if (bucket.find("..") != std::string_view::npos)
    return "may not hold \"..\"";
  if (bucket.find_first_not_of("0123456789.") == std::string_view::npos
      && std::count(bucket.begin(), bucket.end(), '.') == 3)
    return "has the form of an IP address";
  return {};
}

std::optional<char> hex_byte(std::string_view digits) {
  if (digits.size() != 2)
    return std::nullopt;
  int value = 0;
  for (const char c : digits) {
    const auto lower = c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c;
    if (!(lower >= '0' && lower <= '9') && !(lower >= 'a' && lower <= 'f'))
      return std::nullopt;
    value = value * 16 + (lower <= '9' ? lower - '0' : lower - 'a' + 10);
  }
  return static_cast<char>(value);
}

/// One segment of a path, decoded; `offset` says where in the text it stands.
expected<std::string> decoded(std::string_view segment, size_t offset) {
  constexpr std::string_view never_encoded = "%/\\?#";
  std::string out;
  for (size_t i = 0; i < segment.size(); ++i) {
    if (segment[i] != '%') {
      out += segment[i];
      continue;
    }
    const auto byte = hex_byte(segment.substr(i + 1, 2));
    if (!byte)
      return refuse("'%'" + at(offset + i)
                    + " without two hex digits behind it");
    if (never_encoded.find(*byte) != std::string_view::npos)
      return refuse(in_quotes(segment.substr(i, 3)) + at(offset + i)
                    + " is an encoded '" + *byte
                    + "'; not one of % / \\ ? # may come in encoded");
    out += *byte;
    i += 2;
  }
  return out;
}

expected<void> check_segment(std::string_view segment, size_t offset) {
  const auto refuse_it = [&](std::string_view why) {
    return refuse("segment " + in_quotes(segment) + at(offset) + " "
                  + std::string{why});
  };
  if (segment.empty())
    return refuse_it("is empty");
  if (segment == "." || segment == "..")
    return refuse_it("is not the name of a file or folder");
  if (segment.find('\\') != std::string_view::npos)
    return refuse_it("holds a backslash");
  if (printable(segment) != segment)
    return refuse_it("holds a control character or what is no UTF-8");
  return {};
}

/// The path that begins with the '/' at `offset`, decoded.
expected<std::string> read_path(std::string_view text, size_t offset) {
  std::string path;
  while (offset < text.size()) {
    const auto begin = offset + 1;
    const auto end = std::min(text.find('/', begin), text.size());
    TRIVIUM_TRY(const auto segment,
                decoded(text.substr(begin, end - begin), begin));
    TRIVIUM_CHECK(check_segment(segment, begin));
    path += '/';
    path += segment;
    offset = end;
  }
  return path;
}

void encode(std::string_view path, std::string& out) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  constexpr std::string_view others = "/-._~!$&'()*+,;=:@";
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_lower_or_digit(c) || (c >= 'A' && c <= 'Z')
        || others.find(c) != std::string_view::npos) {
      out += c;
      continue;
    }
    out += '%';
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
}

} // namespace

std::string_view to_string(storage_scheme scheme) {
  return scheme_names.at(static_cast<size_t>(scheme));
}

expected<storage_uri> storage_uri::parse(std::string_view text) {
  if (text.size() > max_storage_uri_bytes)
    return refuse(std::to_string(text.size()) + " bytes; at most "
                  + std::to_string(max_storage_uri_bytes) + " are allowed");
  storage_uri uri;
  TRIVIUM_TRY(uri.scheme_, read_scheme(text));
  const auto authority =
    scheme_names.at(static_cast<size_t>(uri.scheme_)).size()
    + after_scheme.size();
  const auto path = std::min(text.find('/', authority), text.size());
  TRIVIUM_CHECK(check_parts(text, authority, path));
  uri.bucket_ = text.substr(authority, path - authority);
  const auto is_file = uri.scheme_ == storage_scheme::file;
  if (is_file && !uri.bucket_.empty())
    return refuse("host " + in_quotes(uri.bucket_) + at(authority)
                  + "; a file has none: file:///absolute/path");
  if (const auto fault = fault_of_bucket(uri.bucket_);
      !is_file && !fault.empty())
    return refuse("bucket " + in_quotes(uri.bucket_) + at(authority) + " "
                  + std::string{fault});
  TRIVIUM_TRY(uri.path_, read_path(text, path));
  if (uri.path_.empty())
    return refuse("ends" + at(path) + " without a path");
  if (!is_file)
    uri.path_.erase(0, 1);
  if (const auto size = to_string(uri).size(); size > max_storage_uri_bytes)
    return refuse(std::to_string(size) + " bytes when percent-encoded; at most "
                  + std::to_string(max_storage_uri_bytes) + " are allowed");
  return uri;
}

std::string to_string(const storage_uri& uri) {
  if (!uri.is_set())
    return {};
  std::string text{to_string(uri.scheme())};
  text.append(after_scheme).append(uri.bucket());
  if (uri.scheme() == storage_scheme::s3)
    text += '/';
  encode(uri.path(), text);
  return text;
}

bool is_plain_path(std::string_view path) {
  if (!path.starts_with('/'))
    return false;
  while (!path.empty()) {
    path.remove_prefix(1);
    const auto segment = path.substr(0, path.find('/'));
    if (segment.empty() || segment == "." || segment == "..")
      return false;
    path.remove_prefix(segment.size());
  }
  return true;
}

bool is_below(std::string_view path, std::string_view root) {
  if (!is_plain_path(path) || (root != "/" && !is_plain_path(root)))
    return false;
  const auto prefix = root == "/" ? std::string_view{} : root;
  return path.size() > prefix.size() && path.starts_with(prefix)
         && path[prefix.size()] == '/';
}

} // namespace trivium

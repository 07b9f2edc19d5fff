#include "storage/formats/json_document.hpp"

#include "messages/values/shown_name.hpp"

#include <algorithm>
#include <optional>
#include <vector>

namespace trivium::storage {

namespace {

constexpr size_t max_depth = 64;

std::optional<std::string> duplicate_key(simdjson::dom::object object) {
  std::vector<std::string_view> keys;
  for (const auto field : object)
    keys.push_back(field.key);
  std::sort(keys.begin(), keys.end());
  const auto twice = std::adjacent_find(keys.begin(), keys.end());
  if (twice == keys.end())
    return std::nullopt;
  return std::string{*twice};
}

/// A key that comes twice in one object, anywhere below `element`. The parser
/// bounds the depth of the recursion.
std::optional<std::string> find_duplicate(simdjson::dom::element element) {
  if (element.is_array()) {
    for (const auto item : simdjson::dom::array{element})
      if (auto key = find_duplicate(item))
        return key;
  } else if (element.is_object()) {
    const auto object = simdjson::dom::object{element};
    if (auto key = duplicate_key(object))
      return key;
    for (const auto field : object)
      if (auto key = find_duplicate(field.value))
        return key;
  }
  return std::nullopt;
}

} // namespace

expected<json_document> json_document::parse(std::string_view text,
                                             const std::string& where) {
  json_document document;
  document.parser_ = std::make_unique<simdjson::dom::parser>();
  auto code = document.parser_->allocate(text.size(), max_depth);
  if (!code)
    code = document.parser_->parse(text.data(), text.size(), true)
             .get(document.root_);
  if (code)
    return fail(ec::invalid_argument,
                where + ": no valid JSON: " + simdjson::error_message(code));
  if (const auto key = find_duplicate(document.root_))
    return fail(ec::invalid_argument,
                where + ": key " + shown_name(*key) + " comes twice");
  return document;
}

} // namespace trivium::storage

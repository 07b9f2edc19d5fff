#include "config/yaml_node.hpp"

#include "messages/values/human.hpp"
#include "messages/values/names.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

namespace trivium::config {

namespace {

std::string in_quotes(std::string_view text) {
  constexpr size_t shown = 64;
  return "\"" + printable(text.substr(0, shown))
         + (text.size() > shown ? "…\"" : "\"");
}

template <class Number>
std::optional<Number> parsed(std::string_view text) {
  Number number{};
  const auto [end, error] =
    std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return number;
}

std::string shortest(double number) {
  char buffer[32];
  return {buffer, std::to_chars(buffer, buffer + sizeof(buffer), number).ptr};
}

std::string range_text(std::string_view least, std::string_view most) {
  return std::string{least} + " to " + std::string{most};
}

} // namespace

tl::unexpected<error> yaml_node::refuse(std::string_view text) const {
  return fail(ec::invalid_argument,
              (origin_ ? *origin_ : std::string{}) + ":" + std::to_string(line_)
                + ":" + std::to_string(column_) + ": " + std::string{text});
}

tl::unexpected<error> yaml_node::unwanted(std::string_view wanted) const {
  const auto seen = kind_ == kind::null   ? std::string{"nothing"}
                    : kind_ == kind::list ? std::string{"a list"}
                    : kind_ == kind::map  ? std::string{"a map"}
                                          : in_quotes(text_);
  return refuse("seen " + seen + ", wanted " + std::string{wanted});
}

expected<std::span<const yaml_node>> yaml_node::list() const {
  if (kind_ != kind::list)
    return unwanted("a list");
  return std::span<const yaml_node>{items_};
}

expected<std::span<const yaml_member>>
yaml_node::map(std::span<const std::string_view> known) const {
  if (kind_ != kind::map)
    return unwanted("a map");
  for (const auto& member : members_) {
    if (std::find(known.begin(), known.end(), member.key) != known.end())
      continue;
    auto text = "unknown key " + in_quotes(member.key);
    if (const auto near = nearest(member.key, known); !near.empty())
      text += ", did you mean \"" + near + "\"?";
    return member.at.refuse(text);
  }
  return std::span<const yaml_member>{members_};
}

const yaml_node* yaml_node::find(std::string_view key) const {
  for (const auto& member : members_)
    if (member.key == key)
      return &member.value;
  return nullptr;
}

expected<const yaml_node*> yaml_node::require(std::string_view key) const {
  if (kind_ != kind::map)
    return unwanted("a map");
  if (const auto* value = find(key); value != nullptr)
    return value;
  return refuse("the key \"" + std::string{key} + "\" is missing");
}

expected<std::string> yaml_node::text() const {
  if (kind_ != kind::scalar)
    return unwanted("text");
  return text_;
}

expected<bool> yaml_node::boolean() const {
  if (kind_ != kind::scalar || is_quoted_
      || (text_ != "true" && text_ != "false"))
    return unwanted("true or false");
  return text_ == "true";
}

expected<uint64_t> yaml_node::natural(uint64_t least, uint64_t most) const {
  const auto number = kind_ == kind::scalar && !is_quoted_
                        ? parsed<uint64_t>(text_)
                        : std::nullopt;
  if (!number || *number < least || *number > most)
    return unwanted("a whole number from "
                    + range_text(std::to_string(least), std::to_string(most)));
  return *number;
}

expected<double> yaml_node::number(double least, double most) const {
  const auto number =
    kind_ == kind::scalar && !is_quoted_ ? parsed<double>(text_) : std::nullopt;
  if (!number || !(*number >= least && *number <= most))
    return unwanted("a number from "
                    + range_text(shortest(least), shortest(most)));
  return *number;
}

expected<uint64_t> yaml_node::bytes(uint64_t least, uint64_t most) const {
  if (kind_ != kind::scalar)
    return unwanted("a size");
  const auto size = parse_bytes(text_);
  if (!size)
    return refuse(size.error().text);
  if (*size < least || *size > most)
    return unwanted("a size from "
                    + range_text(exact_bytes(least), exact_bytes(most)));
  return *size;
}

expected<std::chrono::milliseconds>
yaml_node::duration(std::chrono::milliseconds least,
                    std::chrono::milliseconds most) const {
  if (kind_ != kind::scalar)
    return unwanted("a duration");
  const auto time = parse_duration(text_);
  if (!time)
    return refuse(time.error().text);
  if (*time < least || *time > most)
    return unwanted("a duration from "
                    + range_text(exact_duration(least), exact_duration(most)));
  return *time;
}

expected<size_t>
yaml_node::choice(std::span<const std::string_view> choices) const {
  const auto found = kind_ == kind::scalar
                       ? std::find(choices.begin(), choices.end(), text_)
                       : choices.end();
  if (found != choices.end())
    return static_cast<size_t>(found - choices.begin());
  std::string wanted;
  for (const auto choice : choices)
    wanted += (wanted.empty() ? "" : ", ") + std::string{choice};
  return unwanted("one of " + wanted);
}

} // namespace trivium::config

#include "storage/golden/golden_json.hpp"

#include "messages/values/json_writer.hpp"
#include "messages/values/names.hpp"

#include <simdjson.h>

#include <algorithm>
#include <set>
#include <span>

namespace trivium::storage {

namespace {

using simdjson::dom::element;

constexpr auto format_name = "trivium-golden";
constexpr size_t max_text_bytes = 4096;
constexpr size_t max_rank = 64;

tl::unexpected<error> bad(const std::string& text) {
  return fail(ec::invalid_argument,
              std::string{golden_file_name} + ": " + text);
}

/// One object of the file: hands out its members by name and, at the end, says
/// which are left over.
class strict_object {
public:
  [[nodiscard]] static expected<strict_object> of(element value,
                                                  std::string where) {
    strict_object made;
    made.where_ = std::move(where);
    if (value.get(made.object_) != simdjson::SUCCESS)
      return bad(made.where_ + " is no object");
    std::set<std::string_view> keys;
    for (const auto field : made.object_)
      if (!keys.insert(field.key).second)
        return bad(made.where_ + " has the member \"" + printable(field.key)
                   + "\" twice");
    return made;
  }

  template <class T>
  [[nodiscard]] expected<T> get(const char* key) {
    ++taken_;
    T value{};
    if (object_.at_key(key).get(value) != simdjson::SUCCESS)
      return bad(where_ + ": member \"" + key
                 + "\" is missing or of another type");
    return value;
  }

  [[nodiscard]] expected<std::string> text(const char* key) {
    TRIVIUM_TRY(const auto value, get<std::string_view>(key));
    if (value.size() > max_text_bytes)
      return bad(where_ + ": member \"" + key + "\" has more than "
                 + std::to_string(max_text_bytes) + " bytes");
    return std::string{value};
  }

  /// Members that were not asked for are mistakes, not extensions.
  [[nodiscard]] expected<void> end() const {
    if (object_.size() != taken_)
      return bad(where_ + " has " + std::to_string(object_.size())
                 + " members, " + std::to_string(taken_) + " are known");
    return {};
  }

private:
  std::string where_;
  simdjson::dom::object object_;
  size_t taken_ = 0;
};

expected<tensor_value> parse_tensor(element value, const std::string& where,
                                    array_names& files) {
  TRIVIUM_TRY(auto object, strict_object::of(value, where));
  tensor_value tensor;
  TRIVIUM_TRY(tensor.name, object.text("name"));
  TRIVIUM_TRY(auto file, object.text("file"));
  files.push_back(std::move(file));
  TRIVIUM_TRY(const auto type, object.text("type"));
  tensor.type = tensor_type_from(type);
  if (tensor.type == tensor_type::unknown)
    return bad(where + " has the unknown type \"" + printable(type) + "\"");
  TRIVIUM_TRY(const auto shape, object.get<simdjson::dom::array>("shape"));
  for (const auto dimension : shape) {
    uint64_t number = 0;
    if (dimension.get(number) != simdjson::SUCCESS
        || tensor.shape.size() >= max_rank)
      return bad(where + " has a shape that is no shape");
    tensor.shape.push_back(number);
  }
  TRIVIUM_CHECK(object.end());
  return tensor;
}

expected<std::vector<tensor_value>> parse_tensors(simdjson::dom::array values,
                                                  const std::string& where,
                                                  array_names& files) {
  std::vector<tensor_value> tensors;
  for (const auto value : values) {
    TRIVIUM_TRY(auto tensor,
                parse_tensor(value,
                             where + "[" + std::to_string(tensors.size()) + "]",
                             files));
    tensors.push_back(std::move(tensor));
  }
  return tensors;
}

expected<golden_case> parse_case(element value, const std::string& where,
                                 array_names& files) {
  TRIVIUM_TRY(auto object, strict_object::of(value, where));
  golden_case read;
  TRIVIUM_TRY(read.name, object.text("name"));
  TRIVIUM_TRY(const auto inputs, object.get<simdjson::dom::array>("inputs"));
  TRIVIUM_TRY(read.inputs, parse_tensors(inputs, where + ".inputs", files));
  TRIVIUM_TRY(const auto outputs, object.get<simdjson::dom::array>("outputs"));
  TRIVIUM_TRY(read.outputs, parse_tensors(outputs, where + ".outputs", files));
  TRIVIUM_CHECK(object.end());
  return read;
}

expected<void> check_version(strict_object& object) {
  TRIVIUM_TRY(const auto format, object.text("format"));
  if (format != format_name)
    return bad("format \"" + printable(format) + "\", wanted \"" + format_name
               + "\"");
  TRIVIUM_TRY(const auto version, object.get<uint64_t>("version"));
  if (version != golden_format_version)
    return fail(ec::unsupported, std::string{golden_file_name} + ": version "
                                   + std::to_string(version) + ", "
                                   + std::to_string(golden_format_version)
                                   + " is read");
  return {};
}

expected<void> check_names(std::span<const tensor_value> tensors,
                           const std::string& where) {
  std::set<std::string_view> names;
  for (const auto& tensor : tensors)
    if (!names.insert(tensor.name).second)
      return bad(where + " has two tensors named \"" + printable(tensor.name)
                 + "\"");
  return {};
}

void write_tensors(json_writer& json, std::span<const tensor_value> tensors,
                   array_names::const_iterator& file) {
  json.array([&] {
    for (const auto& tensor : tensors)
      json.object([&] {
        json.member("name", tensor.name);
        json.member("file", *file++);
        json.member("type", to_string(tensor.type));
        json.key("shape");
        json.array([&] {
          for (const auto dimension : tensor.shape)
            json.value(dimension);
        });
      });
  });
}

} // namespace

std::string golden_json(const golden_set& set, const array_names& files) {
  auto file = files.begin();
  json_writer json;
  json.object([&] {
    json.member("format", format_name);
    json.member("version", golden_format_version);
    json.member("source", to_string(set.source));
    json.member("executor", set.executor);
    json.member("precision", set.precision);
    json.member("cpu", set.cpu);
    json.member("created", set.created);
    json.member("notes", set.notes);
    json.member("made_up_inputs", set.has_made_up_inputs);
    json.key("cases");
    json.array([&] {
      for (const auto& c : set.cases)
        json.object([&] {
          json.member("name", c.name);
          json.key("inputs");
          write_tensors(json, c.inputs, file);
          json.key("outputs");
          write_tensors(json, c.outputs, file);
        });
    });
  });
  return std::move(json).text() + "\n";
}

expected<golden_set> parse_golden_json(std::string_view text,
                                       array_names& files) {
  simdjson::dom::parser parser;
  element root;
  if (const auto status = parser.parse(text.data(), text.size()).get(root);
      status != simdjson::SUCCESS)
    return bad(simdjson::error_message(status));
  TRIVIUM_TRY(auto object, strict_object::of(root, "the file"));
  TRIVIUM_CHECK(check_version(object));
  golden_set set;
  TRIVIUM_TRY(const auto source, object.text("source"));
  TRIVIUM_TRY(set.source, digest::parse(source));
  TRIVIUM_TRY(set.executor, object.text("executor"));
  TRIVIUM_TRY(set.precision, object.text("precision"));
  TRIVIUM_TRY(set.cpu, object.text("cpu"));
  TRIVIUM_TRY(set.created, object.text("created"));
  TRIVIUM_TRY(set.notes, object.text("notes"));
  TRIVIUM_TRY(set.has_made_up_inputs, object.get<bool>("made_up_inputs"));
  TRIVIUM_TRY(const auto cases, object.get<simdjson::dom::array>("cases"));
  for (const auto value : cases) {
    TRIVIUM_TRY(auto read,
                parse_case(value,
                           "cases[" + std::to_string(set.cases.size()) + "]",
                           files));
    set.cases.push_back(std::move(read));
  }
  TRIVIUM_CHECK(object.end());
  TRIVIUM_CHECK(check_golden(set));
  return set;
}

expected<void> check_golden(const golden_set& set) {
  if (set.cases.empty())
    return bad("a golden set has at least one case");
  std::set<std::string_view> names;
  for (const auto& c : set.cases) {
    TRIVIUM_CHECK(check_name("case name", c.name));
    if (!names.insert(c.name).second)
      return bad("two cases are named \"" + c.name + "\"");
    if (c.outputs.empty())
      return bad("case \"" + c.name + "\" has no output");
    TRIVIUM_CHECK(check_names(c.inputs, "case \"" + c.name + "\""));
    TRIVIUM_CHECK(check_names(c.outputs, "case \"" + c.name + "\""));
  }
  return {};
}

} // namespace trivium::storage

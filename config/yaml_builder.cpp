#include "config/yaml_builder.hpp"

#include "config/text_file.hpp"
#include "messages/values/names.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>

namespace trivium::config {

namespace {

/// Line breaks and tabs are the writer's; anything else that moves a cursor is
/// not.
bool is_clean(std::string_view text) {
  std::string rest{text};
  rest.erase(std::remove_if(rest.begin(), rest.end(),
                            [](char c) { return c == '\n' || c == '\t'; }),
             rest.end());
  return printable(rest) == rest;
}

/// Translates yaml-cpp's events; its marks count from 0.
class event_adapter final : public YAML::EventHandler {
public:
  explicit event_adapter(yaml_builder& builder) : builder_(builder) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (builder_.has_root())
      refuse(mark, "a second document; one is wanted");
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    check(mark, "", anchor);
    builder_.null(line(mark), column(mark));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    refuse(mark, "aliases are not allowed");
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag,
                YAML::anchor_t anchor, const std::string& value) override {
    check(mark, tag, anchor);
    if (!is_clean(value))
      refuse(mark, "control characters or invalid UTF-8");
    builder_.scalar(line(mark), column(mark), value, tag == "!");
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag,
                       YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    check(mark, tag, anchor);
    builder_.open(line(mark), column(mark), yaml_node::kind::list);
  }
  void OnSequenceEnd() override { builder_.close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag,
                  YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    check(mark, tag, anchor);
    builder_.open(line(mark), column(mark), yaml_node::kind::map);
  }
  void OnMapEnd() override { builder_.close(); }

private:
  static size_t line(const YAML::Mark& mark) {
    return static_cast<size_t>(std::max(mark.line, 0)) + 1;
  }
  static size_t column(const YAML::Mark& mark) {
    return static_cast<size_t>(std::max(mark.column, 0)) + 1;
  }
  void refuse(const YAML::Mark& mark, std::string_view text) {
    builder_.refuse(line(mark), column(mark), text);
  }
  void check(const YAML::Mark& mark, const std::string& tag,
             YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor)
      refuse(mark, "anchors are not allowed");
    if (!tag.empty() && tag != "?" && tag != "!") // "!" marks quoted text
      refuse(mark, "tags are not allowed");
  }

  yaml_builder& builder_;
};

} // namespace

yaml_builder::yaml_builder(std::string_view origin)
  : origin_(std::make_shared<const std::string>(printable(origin))) {}

void yaml_builder::refuse(size_t line, size_t column, std::string_view text) {
  yaml_node here;
  here.origin_ = origin_;
  here.line_ = line;
  here.column_ = column;
  throw refusal{here.refuse(text).value()};
}

yaml_node yaml_builder::make(size_t line, size_t column, yaml_node::kind kind) {
  if (++nodes_ > max_yaml_nodes)
    refuse(line, column,
           "more than " + std::to_string(max_yaml_nodes) + " nodes");
  yaml_node node;
  node.kind_ = kind;
  node.line_ = line;
  node.column_ = column;
  node.origin_ = origin_;
  return node;
}

void yaml_builder::scalar(size_t line, size_t column, std::string_view text,
                          bool is_quoted) {
  auto node = make(line, column, yaml_node::kind::scalar);
  node.text_ = text;
  node.is_quoted_ = is_quoted;
  add(std::move(node));
}

void yaml_builder::null(size_t line, size_t column) {
  add(make(line, column, yaml_node::kind::null));
}

void yaml_builder::open(size_t line, size_t column, yaml_node::kind kind) {
  auto node = make(line, column, kind);
  if (open_.size() == max_yaml_depth)
    refuse(line, column,
           "nested deeper than " + std::to_string(max_yaml_depth));
  open_.push_back(frame{std::move(node), {}, false});
}

void yaml_builder::close() {
  auto node = std::move(open_.back().node);
  open_.pop_back();
  add(std::move(node));
}

void yaml_builder::add_key(frame& map, yaml_node node) {
  const auto line = node.line_;
  const auto column = node.column_;
  if (node.kind_ != yaml_node::kind::scalar)
    refuse(line, column, "a key must be text");
  if (!map.keys.insert(node.text_).second)
    refuse(line, column,
           "the key \"" + printable(node.text_.substr(0, 64))
             + "\" stands here twice");
  auto key = node.text_;
  map.node.members_.push_back({std::move(key), std::move(node), {}});
  map.has_key = true;
}

void yaml_builder::add(yaml_node node) {
  if (open_.empty()) {
    root_ = std::move(node);
    has_root_ = true;
    return;
  }
  auto& parent = open_.back();
  if (parent.node.kind_ == yaml_node::kind::list) {
    parent.node.items_.push_back(std::move(node));
  } else if (parent.has_key) {
    parent.node.members_.back().value = std::move(node);
    parent.has_key = false;
  } else {
    add_key(parent, std::move(node));
  }
}

expected<yaml_node> parse_yaml(std::string_view text, std::string_view origin) {
  const auto shown = printable(origin);
  if (text.size() > max_config_bytes)
    return fail(ec::resource_exhausted, shown + ": larger than "
                                          + std::to_string(max_config_bytes)
                                          + " bytes");
  yaml_builder builder{origin};
  try {
    std::istringstream in{std::string{text}};
    event_adapter adapter{builder};
    YAML::Parser parser{in};
    while (parser.HandleNextDocument(adapter)) {
    }
  } catch (const yaml_builder::refusal& refused) {
    return fail(refused.why);
  } catch (const YAML::Exception& e) {
    return fail(ec::invalid_argument, shown + ":"
                                        + std::to_string(e.mark.line + 1) + ":"
                                        + std::to_string(e.mark.column + 1)
                                        + ": " + printable(e.msg));
  } catch (const std::exception& e) {
    return fail(ec::resource_exhausted, shown + ": " + printable(e.what()));
  }
  if (!builder.has_root())
    return fail(ec::invalid_argument, shown + ":1:1: the file is empty");
  return builder.take();
}

} // namespace trivium::config

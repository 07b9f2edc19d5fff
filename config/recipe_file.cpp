#include "config/recipe_file.hpp"

#include "config/yaml_node.hpp"
#include "messages/values/json_writer.hpp"
#include "messages/values/names.hpp"
#include "messages/values/sha256.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace trivium::config {

namespace {

constexpr size_t max_rules = 1000;
constexpr size_t max_operators = 200;
constexpr size_t max_text_bytes = 1000;

expected<std::string> short_text(const yaml_node& node) {
  TRIVIUM_TRY(auto text, node.text());
  if (text.empty() || text.size() > max_text_bytes)
    return node.refuse("the text must have 1 to "
                       + std::to_string(max_text_bytes) + " bytes");
  return text;
}

expected<model_format> parse_format(const yaml_node& node) {
  constexpr std::array<std::string_view, 3> formats{"onnx", "safetensors",
                                                    "gguf"};
  TRIVIUM_TRY(const auto index, node.choice(formats));
  return model_format_from(formats[index]);
}

expected<scheme> parse_action(const yaml_node& node, model_format format) {
  std::vector<std::string_view> names;
  for (const auto s :
       {scheme::keep, scheme::int8_channel, scheme::int8_row_ct, scheme::q8_0})
    if (is_scheme_of(s, format))
      names.push_back(to_string(s));
  TRIVIUM_TRY(const auto index, node.choice(names));
  return *scheme_from(names[index]);
}

/// An ONNX operator (any name: models bring their own), or one of the roles
/// that tensors of the other formats have.
expected<std::string> parse_operator(const yaml_node& node,
                                     model_format format) {
  constexpr std::array<std::string_view, 5> roles{"Linear", "Embedding", "Head",
                                                  "Norm", "Other"};
  if (format == model_format::onnx)
    return short_text(node);
  TRIVIUM_TRY(const auto index, node.choice(roles));
  return std::string{roles[index]};
}

expected<std::vector<std::string>> parse_operators(const yaml_node& node,
                                                   model_format format) {
  TRIVIUM_TRY(const auto items, node.list());
  // Empty would mean "all" to the matcher and "none" to a reader.
  if (items.empty() || items.size() > max_operators)
    return node.refuse("1 to " + std::to_string(max_operators)
                       + " operators are wanted; leave the key out for all");
  std::vector<std::string> operators;
  for (const auto& item : items) {
    TRIVIUM_TRY(auto name, parse_operator(item, format));
    operators.push_back(std::move(name));
  }
  std::sort(operators.begin(), operators.end());
  operators.erase(std::unique(operators.begin(), operators.end()),
                  operators.end());
  return operators;
}

expected<recipe_rule> parse_rule(const yaml_node& node, model_format format) {
  constexpr std::array<std::string_view, 4> keys{"name", "operators",
                                                 "min_elements", "action"};
  TRIVIUM_CHECK(node.map(keys));
  recipe_rule rule;
  TRIVIUM_TRY(const auto* name, node.require("name"));
  TRIVIUM_TRY(rule.name, short_text(*name));
  if (const auto* operators = node.find("operators")) {
    TRIVIUM_TRY(rule.operators, parse_operators(*operators, format));
  }
  if (const auto* least = node.find("min_elements")) {
    constexpr auto most = std::numeric_limits<int64_t>::max();
    TRIVIUM_TRY(rule.min_elements, least->natural(0, most));
  }
  TRIVIUM_TRY(const auto* action, node.require("action"));
  TRIVIUM_TRY(rule.action, parse_action(*action, format));
  return rule;
}

expected<std::vector<recipe_rule>> parse_rules(const yaml_node& node,
                                               model_format format) {
  TRIVIUM_TRY(const auto items, node.list());
  if (items.size() > max_rules)
    return node.refuse("more than " + std::to_string(max_rules) + " rules");
  std::vector<recipe_rule> rules;
  for (const auto& item : items) {
    TRIVIUM_TRY(auto rule, parse_rule(item, format));
    rules.push_back(std::move(rule));
  }
  if (std::all_of(rules.begin(), rules.end(), [](const recipe_rule& rule) {
        return rule.action == scheme::keep;
      }))
    return node.refuse("no rule quantizes anything");
  return rules;
}

expected<recipe_gate> parse_gate(const yaml_node& node) {
  constexpr std::array<std::string_view, 4> keys{
    "min_output_sqnr_db", "min_output_cosine", "max_output_error",
    "min_layer_sqnr_db"};
  TRIVIUM_CHECK(node.map(keys));
  recipe_gate gate;
  const auto read = [&node](std::string_view key, double least, double most,
                            std::optional<double>& out) -> expected<void> {
    if (const auto* value = node.find(key)) {
      TRIVIUM_TRY(out, value->number(least, most));
    }
    return {};
  };
  TRIVIUM_CHECK(read("min_output_sqnr_db", -100, 300, gate.min_output_sqnr_db));
  TRIVIUM_CHECK(read("min_output_cosine", -1, 1, gate.min_output_cosine));
  TRIVIUM_CHECK(read("max_output_error", 0, 1e300, gate.max_output_error));
  TRIVIUM_CHECK(read("min_layer_sqnr_db", -100, 300, gate.min_layer_sqnr_db));
  return gate;
}

expected<recipe_target> parse_target(const yaml_node& node) {
  constexpr std::array<std::string_view, 3> keys{"format", "rules", "gate"};
  TRIVIUM_CHECK(node.map(keys));
  recipe_target target;
  TRIVIUM_TRY(const auto* format, node.require("format"));
  TRIVIUM_TRY(target.format, parse_format(*format));
  TRIVIUM_TRY(const auto* rules, node.require("rules"));
  TRIVIUM_TRY(target.rules, parse_rules(*rules, target.format));
  if (const auto* gate = node.find("gate")) {
    TRIVIUM_TRY(target.gate, parse_gate(*gate));
  }
  return target;
}

expected<std::vector<recipe_target>> parse_targets(const yaml_node& node) {
  TRIVIUM_TRY(const auto items, node.list());
  std::vector<recipe_target> targets;
  for (const auto& item : items) {
    TRIVIUM_TRY(auto target, parse_target(item));
    for (const auto& other : targets)
      if (other.format == target.format)
        return item.refuse("a second target for "
                           + std::string{to_string(target.format)});
    targets.push_back(std::move(target));
  }
  if (targets.empty())
    return node.refuse("at least one target is wanted");
  std::sort(targets.begin(), targets.end(), [](const auto& a, const auto& b) {
    return to_string(a.format) < to_string(b.format);
  });
  return targets;
}

void write_rule(json_writer& json, const recipe_rule& rule) {
  json.object([&] {
    json.member("action", to_string(rule.action));
    json.member("min_elements", rule.min_elements);
    json.member("name", rule.name);
    json.key("operators");
    json.array([&] {
      for (const auto& name : rule.operators)
        json.value(name);
    });
  });
}

void write_gate(json_writer& json, const recipe_gate& gate) {
  const auto member = [&](std::string_view key,
                          const std::optional<double>& threshold) {
    if (threshold)
      json.member(key, *threshold);
  };
  json.object([&] {
    member("max_output_error", gate.max_output_error);
    member("min_layer_sqnr_db", gate.min_layer_sqnr_db);
    member("min_output_cosine", gate.min_output_cosine);
    member("min_output_sqnr_db", gate.min_output_sqnr_db);
  });
}

} // namespace

std::string canonical(const recipe& r) {
  json_writer json;
  json.object([&] {
    json.member("name", r.name);
    json.key("targets");
    json.array([&] {
      for (const auto& target : r.targets)
        json.object([&] {
          json.member("format", to_string(target.format));
          json.key("gate");
          write_gate(json, target.gate);
          json.key("rules");
          json.array([&] {
            for (const auto& rule : target.rules)
              write_rule(json, rule);
          });
        });
    });
    json.member("trivium_recipe", 1);
  });
  return std::move(json).text();
}

expected<recipe> parse_recipe(std::string_view text, std::string_view origin) {
  constexpr std::array<std::string_view, 3> keys{"name", "description",
                                                 "targets"};
  TRIVIUM_TRY(const auto document, parse_yaml(text, origin));
  TRIVIUM_CHECK(document.map(keys));
  recipe made;
  TRIVIUM_TRY(const auto* name, document.require("name"));
  TRIVIUM_TRY(made.name, name->text());
  if (const auto valid = check_name("recipe name", made.name); !valid)
    return name->refuse(valid.error().text);
  if (const auto* description = document.find("description")) {
    TRIVIUM_TRY(made.description, short_text(*description));
  }
  TRIVIUM_TRY(const auto* targets, document.require("targets"));
  TRIVIUM_TRY(made.targets, parse_targets(*targets));
  made.sha256 = sha256(canonical(made));
  made.yaml = text;
  return made;
}

} // namespace trivium::config

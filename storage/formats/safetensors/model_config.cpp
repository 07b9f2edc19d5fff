#include "storage/formats/safetensors/model_config.hpp"

#include "messages/values/json_writer.hpp"
#include "storage/formats/json_document.hpp"

namespace trivium::storage {

namespace {

const std::string where = "safetensors: config.json";

expected<json_document> parse_object(std::string_view text) {
  TRIVIUM_TRY(auto document, json_document::parse(text, where));
  if (!document.root().is_object())
    return fail(ec::invalid_argument, where + ": is no JSON object");
  return document;
}

void write_names(json_writer& json, std::string_view key,
                 std::span<const std::string> names) {
  json.key(key);
  json.array([&] {
    for (const auto& name : names)
      json.value(name);
  });
}

void write_arguments(json_writer& json, std::string_view key,
                     std::string_view strategy, bool is_dynamic) {
  json.key(key);
  json.object([&] {
    json.member("dynamic", is_dynamic);
    json.key("group_size");
    json.null();
    json.member("num_bits", 8);
    json.member("strategy", strategy);
    json.member("symmetric", true);
    json.member("type", "int");
  });
}

void write_group(json_writer& json, std::string_view name,
                 std::span<const std::string> targets, bool has_activations) {
  json.key(name);
  json.object([&] {
    json.member("format", "int-quantized");
    if (has_activations) {
      write_arguments(json, "input_activations", "token", true);
    } else {
      json.key("input_activations");
      json.null();
    }
    json.key("output_activations");
    json.null();
    write_names(json, "targets", targets);
    write_arguments(json, "weights", "channel", false);
  });
}

} // namespace

expected<model_config> read_model_config(std::string_view text) {
  TRIVIUM_TRY(const auto document, parse_object(text));
  model_config config;
  simdjson::dom::element value;
  config.is_quantized = !document.root()["quantization_config"].get(value);
  simdjson::dom::array names;
  if (!document.root()["architectures"].get(names)) {
    for (const auto item : names) {
      std::string_view name;
      if (!item.get(name))
        config.architectures.emplace_back(name);
    }
  }
  return config;
}

std::string quantization_config(const compressed_modules& modules) {
  json_writer json;
  json.object([&] {
    json.key("config_groups");
    json.object([&] {
      const std::string linear = "Linear";
      write_group(json, "group_0", {&linear, 1}, true);
      if (!modules.embeddings.empty())
        write_group(json, "group_1", modules.embeddings, false);
    });
    json.member("format", "int-quantized");
    write_names(json, "ignore", modules.ignore);
    json.key("kv_cache_scheme");
    json.null();
    json.member("quant_method", "compressed-tensors");
    json.member("quantization_status", "compressed");
    json.member("version", "0.20.0");
  });
  return std::move(json).text();
}

expected<std::string> with_quantization_config(std::string_view config,
                                               std::string_view value) {
  const auto member = "\"quantization_config\": " + std::string{value};
  if (config.empty())
    return "{\n  " + member + "\n}\n";
  TRIVIUM_TRY(const auto document, parse_object(config));
  const simdjson::dom::object object{document.root()};
  if (!object["quantization_config"].error())
    return fail(ec::unsupported,
                where + ": has a quantization_config, the model is quantized");
  constexpr std::string_view blank = " \t\r\n";
  const auto brace = config.find_last_not_of(blank); // of a valid object: '}'
  const auto last = config.find_last_not_of(blank, brace - 1);
  return std::string{config.substr(0, last + 1)}
         + (object.size() == 0 ? "\n  " : ",\n  ") + member + "\n"
         + std::string{config.substr(brace)};
}

} // namespace trivium::storage

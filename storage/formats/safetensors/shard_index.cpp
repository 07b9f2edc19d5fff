#include "storage/formats/safetensors/shard_index.hpp"

#include "messages/values/json_writer.hpp"
#include "messages/values/manifest.hpp"
#include "messages/values/shown_name.hpp"
#include "storage/formats/json_document.hpp"

#include <algorithm>

namespace trivium::storage {

namespace {

const std::string where = "safetensors: index";

expected<void> check_shard_name(std::string_view name) {
  if (auto plain = check_artifact_path(name); !plain)
    return fail(plain.error().code, where + ": " + plain.error().text);
  if (!name.ends_with(".safetensors"))
    return fail(ec::invalid_argument, where + ": shard " + shown_name(name)
                                        + " is no .safetensors file");
  return {};
}

} // namespace

std::vector<std::string> shard_index::shards() const {
  std::vector<std::string> names;
  for (const auto& [tensor, file] : weight_map)
    names.push_back(file);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

expected<shard_index> read_shard_index(std::string_view text) {
  TRIVIUM_TRY(const auto document, json_document::parse(text, where));
  simdjson::dom::object map;
  if (document.root()["weight_map"].get(map))
    return fail(ec::invalid_argument, where + ": has no weight_map");
  shard_index index;
  std::string_view checked; // shards come in runs: check each run once
  for (const auto field : map) {
    std::string_view file;
    if (field.value.get(file))
      return fail(ec::invalid_argument, where + ": tensor "
                                          + shown_name(field.key)
                                          + " names no shard");
    if (file != checked)
      TRIVIUM_CHECK(check_shard_name(file));
    checked = file;
    index.weight_map.emplace(field.key, file);
  }
  if (index.weight_map.empty())
    return fail(ec::invalid_argument, where + ": weight_map is empty");
  simdjson::dom::object metadata;
  if (!document.root()["metadata"].get(metadata))
    for (const auto field : metadata)
      if (field.key != "total_size")
        index.metadata.emplace_back(field.key, simdjson::minify(field.value));
  return index;
}

std::string write_shard_index(const shard_index& index, uint64_t total_size) {
  json_writer json;
  json.object([&] {
    json.key("metadata");
    json.object([&] {
      json.member("total_size", total_size);
      for (const auto& [key, value] : index.metadata) {
        json.key(key);
        json.raw(value);
      }
    });
    json.key("weight_map");
    json.object([&] {
      for (const auto& [tensor, file] : index.weight_map)
        json.member(tensor, file);
    });
  });
  return std::move(json).text() + "\n";
}

} // namespace trivium::storage

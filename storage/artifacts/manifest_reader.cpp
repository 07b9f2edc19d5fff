#include "storage/artifacts/manifest_reader.hpp"

#include "messages/values/names.hpp"

#include <simdjson.h>

#include <set>
#include <string>

namespace trivium::storage {

namespace {

namespace json = simdjson::dom;

tl::unexpected<error> not_a_manifest(std::string_view why) {
  return fail(ec::data_loss, "not a manifest: " + std::string{why});
}

expected<std::string_view> text(const json::element& object,
                                std::string_view name) {
  std::string_view value;
  if (object[name].get(value) != simdjson::SUCCESS)
    return not_a_manifest("no text \"" + std::string{name} + "\"");
  return value;
}

expected<manifest_entry> read_entry(const json::element& object) {
  manifest_entry entry;
  TRIVIUM_TRY(const auto path, text(object, "path"));
  TRIVIUM_TRY(const auto role, text(object, "role"));
  TRIVIUM_TRY(const auto sha256, text(object, "sha256"));
  TRIVIUM_TRY(entry.role, file_role_from(role));
  TRIVIUM_TRY(entry.sha256, digest::parse(sha256));
  if (object["size"].get(entry.size) != simdjson::SUCCESS)
    return not_a_manifest("no number \"size\"");
  entry.path = path;
  return entry;
}

expected<manifest> parse(std::string_view bytes) {
  json::parser parser;
  json::element root;
  if (parser.parse(bytes.data(), bytes.size()).get(root) != simdjson::SUCCESS)
    return not_a_manifest("no JSON");
  uint64_t version = 0;
  if (root["trivium_manifest"].get(version) != simdjson::SUCCESS)
    return not_a_manifest("no \"trivium_manifest\"");
  if (version != 1)
    return not_a_manifest("version " + std::to_string(version)
                          + ", this build reads version 1");
  manifest artifact;
  TRIVIUM_TRY(const auto format, text(root, "format"));
  artifact.format = model_format_from(format);
  json::array files;
  if (root["files"].get(files) != simdjson::SUCCESS)
    return not_a_manifest("no list \"files\"");
  for (const auto file : files) {
    TRIVIUM_TRY(auto entry, read_entry(file));
    artifact.files.push_back(std::move(entry));
  }
  return artifact;
}

} // namespace

expected<manifest> read_manifest(std::string_view bytes) {
  if (bytes.size() > max_manifest_bytes)
    return not_a_manifest(std::to_string(bytes.size()) + " bytes; at most "
                          + std::to_string(max_manifest_bytes));
  auto artifact = parse(bytes);
  if (!artifact)
    return fail(ec::data_loss, artifact.error().text);
  if (auto checked = check_manifest(*artifact); !checked)
    return not_a_manifest(checked.error().text);
  if (artifact->canonical() != bytes)
    return not_a_manifest("its bytes are not in canonical form");
  return artifact;
}

expected<void> check_manifest(const manifest& artifact) {
  if (artifact.files.empty())
    return fail(ec::invalid_argument, "an artifact needs at least one file");
  std::set<std::string_view> folders;
  std::string_view previous;
  for (const auto& file : artifact.files) {
    const std::string_view path = file.path;
    TRIVIUM_CHECK(check_artifact_path(path));
    if (path == previous)
      return fail(ec::invalid_argument,
                  "path \"" + file.path + "\" is there twice");
    if (path < previous)
      return fail(ec::invalid_argument,
                  "path \"" + file.path + "\" is not in order");
    previous = path;
    for (auto slash = path.find('/'); slash != std::string_view::npos;
         slash = path.find('/', slash + 1))
      folders.insert(path.substr(0, slash));
  }
  for (const auto& file : artifact.files)
    if (folders.count(file.path) > 0)
      return fail(ec::invalid_argument,
                  "path \"" + file.path + "\" is a file and a folder");
  return {};
}

} // namespace trivium::storage

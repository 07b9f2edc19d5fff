#include "messages/values/names.hpp"
#include "storage/formats/companions.hpp"
#include "storage/formats/content.hpp"
#include "storage/formats/main_file.hpp"
#include "storage/formats/model_folder.hpp"
#include "storage/formats/model_source.hpp"
#include "storage/formats/named_files.hpp"

#include <algorithm>

namespace trivium::storage {

namespace {

namespace fs = std::filesystem;
using file_pointer = std::shared_ptr<const readable_file>;

constexpr std::string_view looked_for =
  "*.safetensors.index.json, *.safetensors, *.gguf, *.onnx";

std::string quoted(const fs::path& path) { return printable(path.string()); }

/// Opens the files that the main one names, each once.
expected<void> add_named(const model_folder& folder, model_files& model,
                         const std::vector<std::string>& names) {
  for (const auto& name : names) {
    TRIVIUM_CHECK(check_artifact_path(name));
    if (name == model.files.front().path)
      return fail(ec::invalid_argument,
                  printable(name) + " names itself as its own data");
    auto bytes = folder.open_member(name, named_by::content);
    if (!bytes)
      return fail(bytes.error().code, printable(model.files.front().path)
                                        + " needs a file that cannot be used: "
                                        + bytes.error().text);
    model.files.push_back({name, file_role::weights, *std::move(bytes)});
  }
  return {};
}

/// config.json, tokenizer files: what the folder has of them.
expected<void> add_companions(const model_folder& folder, model_files& model) {
  TRIVIUM_TRY(const auto names, folder.file_names());
  for (const auto& name : names)
    if (const auto role = companion_role(name)) {
      TRIVIUM_TRY(auto bytes, folder.open_member(name, named_by::listing));
      model.files.push_back({name, *role, std::move(bytes)});
    }
  return {};
}

/// The model whose main file is `bytes`, called `name` in `folder`.
expected<model_files> collect(const model_folder& folder,
                              const std::string& name, file_pointer bytes) {
  TRIVIUM_CHECK(check_artifact_path(name));
  TRIVIUM_TRY(const auto content, recognise(*bytes, name));
  if (content.format == model_format::unknown)
    return fail(ec::unsupported, quoted(folder.path() / name) + " is "
                                   + (content.refusal.empty()
                                        ? "no ONNX, safetensors or GGUF model"
                                        : content.refusal));
  model_files model;
  model.format = content.format;
  model.files.push_back({name, file_role::weights, bytes});
  TRIVIUM_TRY(const auto names, files_named_by(*bytes, content));
  TRIVIUM_CHECK(add_named(folder, model, names));
  if (content.format == model_format::safetensors)
    TRIVIUM_CHECK(add_companions(folder, model));
  // Out of a store, the files alone have to tell which of them opens the model.
  TRIVIUM_CHECK(find_main_file(model));
  return model;
}

std::vector<std::string> ending_in(const std::vector<std::string>& names,
                                   std::string_view ending) {
  std::vector<std::string> matching;
  std::copy_if(names.begin(), names.end(), std::back_inserter(matching),
               [&](const auto& name) { return name.ends_with(ending); });
  return matching;
}

/// Main files by name. An index stands for all .safetensors files beside it.
std::vector<std::string> candidates(const std::vector<std::string>& names) {
  auto found = ending_in(names, ".safetensors.index.json");
  if (found.empty())
    found = ending_in(names, ".safetensors");
  for (const auto* ending : {".gguf", ".onnx"})
    for (auto& name : ending_in(names, ending))
      found.push_back(std::move(name));
  return found;
}

/// Why a folder without a model is none: a file among the first that has a
/// reason.
std::string reason_in(const model_folder& folder,
                      const std::vector<std::string>& names) {
  constexpr size_t most = 100;
  for (size_t i = 0; i < std::min(most, names.size()); ++i) {
    const auto& name = names[i];
    const auto bytes = folder.open_member(name, named_by::listing);
    if (!bytes || companion_role(name))
      continue;
    const auto content = recognise(**bytes, name);
    if (content && !content->refusal.empty()
        && content->refusal != "text, not a model")
      return "; " + printable(name) + " is " + content->refusal;
  }
  return {};
}

expected<model_files> discover_in(const model_folder& folder,
                                  const fs::path& path) {
  TRIVIUM_TRY(const auto names, folder.file_names());
  const auto found = candidates(names);
  if (found.empty())
    return fail(ec::not_found,
                quoted(path) + ": no model in this folder (looked for "
                  + std::string{looked_for} + ")" + reason_in(folder, names));
  if (found.size() > 1)
    return fail(ec::invalid_argument,
                quoted(path) + ": holds " + std::to_string(found.size())
                  + " models (" + printable(found[0]) + ", "
                  + printable(found[1]) + (found.size() > 2 ? ", …" : "")
                  + "); name one of them");
  TRIVIUM_TRY(auto bytes, folder.open_member(found.front(), named_by::listing));
  return collect(folder, found.front(), std::move(bytes));
}

} // namespace

expected<model_files> discover_model(const fs::path& path) {
  std::error_code failed;
  if (fs::is_directory(path, failed)) {
    TRIVIUM_TRY(const auto folder, model_folder::open(path));
    return discover_in(folder, path);
  }
  TRIVIUM_TRY(auto bytes, readable_file::open(path));
  const auto parent = path.parent_path();
  TRIVIUM_TRY(const auto folder, model_folder::open(parent));
  return collect(folder, path.filename().string(), std::move(bytes));
}

expected<model_files> discover_model_beneath(const fs::path& root,
                                             const std::string& relative) {
  const auto path = root / relative;
  const auto whole = model_folder::beneath(root, relative);
  if (whole)
    return discover_in(*whole, path);
  if (whole.error().code != ec::not_found) // it may be a file
    return fail(whole.error());
  const auto parent = fs::path{relative}.parent_path().string();
  TRIVIUM_TRY(const auto folder, model_folder::beneath(root, parent));
  const auto name = path.filename().string();
  TRIVIUM_TRY(auto bytes, folder.open_member(name, named_by::content));
  return collect(folder, name, std::move(bytes));
}

} // namespace trivium::storage

#include "storage/formats/main_file.hpp"

#include "messages/values/names.hpp"
#include "storage/formats/named_files.hpp"

#include <algorithm>
#include <optional>

namespace trivium::storage {

namespace {

struct candidate {
  size_t file = 0; ///< Index into model_files::files.
  file_content content;
};

bool may_be_main(const model_file& file) {
  return file.role == file_role::weights
         && file.path.find('/') == std::string::npos;
}

expected<std::vector<candidate>> candidates_of(const model_files& model) {
  std::vector<candidate> found;
  for (size_t i = 0; i < model.files.size(); ++i) {
    const auto& file = model.files[i];
    if (!may_be_main(file))
      continue;
    TRIVIUM_TRY(auto content, recognise(*file.bytes, file.path));
    if (content.format == model.format)
      found.push_back({i, std::move(content)});
  }
  return found;
}

/// Paths of the files with weights but for `main`, sorted.
std::vector<std::string> other_weights(const model_files& model, size_t main) {
  std::vector<std::string> paths;
  for (size_t i = 0; i < model.files.size(); ++i)
    if (i != main && model.files[i].role == file_role::weights)
      paths.push_back(model.files[i].path);
  std::sort(paths.begin(), paths.end());
  return paths;
}

} // namespace

expected<size_t> find_main_file(const model_files& model) {
  TRIVIUM_TRY(const auto candidates, candidates_of(model));
  if (candidates.size() == 1)
    return candidates.front().file;
  std::optional<size_t> main;
  std::optional<error> unread;
  for (const auto& [file, content] : candidates) {
    const auto named = files_named_by(*model.files[file].bytes, content);
    if (!named && !unread)
      unread = named.error();
    if (!named || *named != other_weights(model, file))
      continue;
    if (main)
      return fail(ec::invalid_argument,
                  printable(model.files[*main].path) + " and "
                    + printable(model.files[file].path)
                    + " name each other as data: either could be the model");
    main = file;
  }
  if (main)
    return *main;
  if (unread)
    return fail(*unread);
  return fail(ec::data_loss, "no file of the artifact opens the "
                               + std::string{to_string(model.format)}
                               + " model with all of its files");
}

expected<void> bring_main_file_first(model_files& model) {
  TRIVIUM_TRY(const auto main, find_main_file(model));
  const auto first = model.files.begin();
  const auto found = first + static_cast<ptrdiff_t>(main);
  std::rotate(first, found, found + 1);
  return {};
}

} // namespace trivium::storage

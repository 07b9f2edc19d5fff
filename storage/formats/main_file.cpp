#include "storage/formats/main_file.hpp"

#include "storage/formats/content.hpp"

#include <algorithm>

namespace trivium::storage {

namespace {

bool may_be_main(const model_file& file) {
  return file.role == file_role::weights || file.role == file_role::config;
}

} // namespace

expected<void> bring_main_file_first(model_files& model) {
  auto& files = model.files;
  auto main = files.end();
  for (auto file = files.begin(); file != files.end(); ++file) {
    if (!may_be_main(*file))
      continue;
    TRIVIUM_TRY(const auto content, recognise(*file->bytes, file->path));
    if (content.format != model.format)
      continue;
    if (main == files.end() || content.is_shard_index)
      main = file;
  }
  if (main == files.end())
    return fail(ec::data_loss, "no file of the artifact opens a "
                                 + std::string{to_string(model.format)}
                                 + " model");
  std::rotate(files.begin(), main, main + 1);
  return {};
}

} // namespace trivium::storage

#include "storage/formats/model_folder.hpp"

#include "messages/values/names.hpp"

#include <algorithm>
#include <system_error>

namespace trivium::storage {

namespace {

namespace fs = std::filesystem;

constexpr size_t max_files = 100'000;

/// "<root>/blobs" when `folder` is or lies in "<root>/snapshots/<revision>",
/// else empty.
fs::path blobs_of_cache(fs::path folder) {
  while (folder.has_relative_path()) {
    if (folder.parent_path().filename() == "snapshots")
      return folder.parent_path().parent_path() / "blobs";
    folder = folder.parent_path();
  }
  return {};
}

/// The name in `blobs` that the link `path` points at, else empty.
std::string linked_blob(const fs::path& path, const fs::path& blobs) {
  std::error_code failed;
  const auto target = fs::read_symlink(path, failed);
  if (failed || blobs.empty())
    return {};
  const auto whole = (path.parent_path() / target).lexically_normal();
  return whole.parent_path() == blobs ? whole.filename().string()
                                      : std::string{};
}

} // namespace

expected<model_folder> model_folder::open(const fs::path& path) {
  std::error_code failed;
  auto canonical = fs::canonical(path.empty() ? "." : path, failed);
  if (failed)
    return fail(ec::not_found, "cannot open folder " + printable(path.string())
                                 + ": " + failed.message());
  return model_folder{std::move(canonical)};
}

expected<std::vector<std::string>> model_folder::file_names() const {
  std::error_code failed;
  std::vector<std::string> names;
  for (fs::directory_iterator entry{path_, failed}, end;
       !failed && entry != end; entry.increment(failed)) {
    auto name = entry->path().filename().string();
    std::error_code unknown;
    if (name.starts_with('.') || entry->is_directory(unknown))
      continue;
    names.push_back(std::move(name));
    if (names.size() > max_files)
      return fail(ec::resource_exhausted,
                  printable(path_.string()) + ": holds more than "
                    + std::to_string(max_files) + " files");
  }
  if (failed)
    return fail(ec::unavailable, "cannot read folder "
                                   + printable(path_.string()) + ": "
                                   + failed.message());
  std::sort(names.begin(), names.end());
  return names;
}

expected<std::shared_ptr<const readable_file>>
model_folder::open_member(const std::string& relative, named_by source) const {
  auto file = readable_file::open_beneath(path_, relative);
  if (file || file.error().code != ec::permission_denied)
    return file;
  const auto blobs = blobs_of_cache(path_);
  if (const auto blob = linked_blob(path_ / relative, blobs); !blob.empty())
    return readable_file::open_beneath(blobs, blob);
  if (source == named_by::content)
    return file;
  // A link within the folder, or a file with hard links.
  std::error_code failed;
  const auto target = fs::canonical(path_ / relative, failed);
  if (!failed && target.parent_path() == path_)
    return readable_file::open(target);
  return fail(file.error().code,
              file.error().text + "; name the file itself to have it read");
}

} // namespace trivium::storage

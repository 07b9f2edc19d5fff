#include "storage/formats/model_folder.hpp"

#include "messages/values/names.hpp"
#include "storage/file_io/open_beneath.hpp"

#include <algorithm>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>
#include <utility>

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

struct folder_descriptor {
  folder_descriptor() = default;
  explicit folder_descriptor(int fd) : number(fd) {}
  folder_descriptor(folder_descriptor&& from) noexcept
    : number(std::exchange(from.number, -1)) {}
  folder_descriptor& operator=(folder_descriptor&& from) noexcept {
    std::swap(number, from.number);
    return *this;
  }
  ~folder_descriptor() {
    if (number >= 0)
      ::close(number);
  }

  int number = -1;
};

expected<folder_descriptor> open_folder(const fs::path& root,
                                        const std::string& relative) {
  TRIVIUM_TRY(const auto fd,
              open_beneath(root, relative.empty() ? "." : relative,
                           O_RDONLY | O_DIRECTORY));
  return folder_descriptor{fd};
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

expected<model_folder> model_folder::beneath(const fs::path& root,
                                             const std::string& relative) {
  model_folder folder{relative.empty() ? root : root / relative};
  folder.root_ = root;
  folder.beneath_root_ = relative.empty() ? "" : relative + "/";
  TRIVIUM_TRY(const auto opened, open_folder(root, relative));
  return folder;
}

expected<std::vector<std::string>> model_folder::file_names() const {
  std::error_code failed;
  std::vector<std::string> names;
  auto listed = path_;
  folder_descriptor opened;
  if (!root_.empty()) { // the folder itself, whatever its name leads to by now
    TRIVIUM_TRY(opened, open_folder(root_, beneath_root_));
    listed = "/proc/self/fd/" + std::to_string(opened.number);
  }
  for (fs::directory_iterator entry{listed, failed}, end;
       !failed && entry != end; entry.increment(failed)) {
    auto name = entry->path().filename().string();
    std::error_code unknown;
    const auto kind =
      root_.empty() ? entry->status(unknown) : entry->symlink_status(unknown);
    if (name.starts_with('.') || fs::is_directory(kind))
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
  if (!root_.empty())
    return readable_file::open_beneath(root_, beneath_root_ + relative);
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

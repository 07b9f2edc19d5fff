#include "storage/metadata/backup/file_copy.hpp"

#include "storage/file_io/errno_text.hpp"
#include "storage/file_io/folders.hpp"
#include "storage/file_io/hashed_copy.hpp"
#include "storage/file_io/readable_file.hpp"
#include "storage/file_io/staged_file.hpp"

#include <cerrno>
#include <cstdio>

namespace trivium::storage {

namespace fs = std::filesystem;

namespace {

/// Tells the whole's progress after each piece of one file.
bytes_done told_to(copy_progress& progress) {
  return [&progress](uint64_t bytes) {
    progress.done_bytes += bytes;
    if (progress.work.report)
      progress.work.report(progress.done_bytes, progress.all_bytes);
  };
}

} // namespace

expected<digest> hash_file(const fs::path& path, copy_progress& progress) {
  TRIVIUM_TRY(const auto file, readable_file::open(path));
  return hash_file(*file, progress.work.cancel, told_to(progress));
}

expected<digest> copy_file(const fs::path& from, const fs::path& to,
                           copy_progress& progress) {
  TRIVIUM_TRY(const auto source, readable_file::open(from));
  TRIVIUM_TRY(auto target, staged_file::create(to, 0));
  TRIVIUM_TRY(
    const auto sha256,
    copy_apart(*source, target, progress.work.cancel, told_to(progress)));
  TRIVIUM_CHECK(target.place(to));
  return sha256;
}

expected<fs::path> folder_target(const fs::path& path) {
  std::error_code reason;
  auto target = fs::absolute(path, reason).lexically_normal();
  if (!target.has_filename()) // "a/b/" names a/b
    target = target.parent_path();
  if (path.empty() || reason || !target.has_filename())
    return fail(ec::invalid_argument,
                "\"" + shown(path) + "\" names no folder");
  // A link to an empty folder is no place for a rename either.
  const auto status = fs::symlink_status(target, reason);
  const auto is_folder = fs::is_directory(status);
  const auto is_empty = is_folder && fs::is_empty(target, reason);
  if (is_folder && reason)
    return fail(errno_error(reason.value(), "cannot list", target));
  if (fs::exists(status) && !is_empty)
    return fail(ec::already_exists,
                shown(target) + ": exists and is no empty folder");
  if (!fs::is_directory(target.parent_path(), reason))
    return fail(ec::not_found,
                shown(target.parent_path()) + ": no such folder");
  return target;
}

expected<void> put_in_place(const fs::path& folder, const fs::path& target) {
  TRIVIUM_CHECK(sync_folder(folder));
  if (::rename(folder.c_str(), target.c_str()) != 0)
    return errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR
             ? fail(ec::already_exists,
                    shown(target) + ": exists and is no empty folder")
             : fail(errno_error(errno, "cannot put in place", target));
  return sync_folder(target.parent_path());
}

} // namespace trivium::storage

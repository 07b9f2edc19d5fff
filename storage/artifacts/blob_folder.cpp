#include "storage/artifacts/blob_folder.hpp"

#include "storage/file_io/errno_text.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace trivium::storage {

namespace {

/// Read-only, and as young as its use, so that `collect` lets it be until its
/// artifact is registered. False with errno set.
bool seal(int fd) {
  return ::fchmod(fd, 0444) == 0 && ::futimens(fd, nullptr) == 0;
}

} // namespace

std::filesystem::path blob_folder::path(const digest& blob) const {
  const auto name = to_string(blob);
  return folder_ / name.substr(0, 2) / name;
}

std::optional<uint64_t> blob_folder::size(const digest& blob) const {
  struct stat status {};
  if (::lstat(path(blob).c_str(), &status) != 0 || !S_ISREG(status.st_mode))
    return std::nullopt;
  return static_cast<uint64_t>(status.st_size);
}

expected<void> blob_folder::check_size(const digest& blob,
                                       uint64_t size) const {
  const auto seen = this->size(blob);
  if (!seen)
    return fail(ec::not_found,
                "blob " + to_string(blob) + " is not in the store");
  if (*seen != size)
    return fail(ec::data_loss, shown(path(blob)) + ": has "
                                 + std::to_string(*seen) + " bytes, "
                                 + std::to_string(size) + " were stored");
  return {};
}

expected<void> blob_folder::export_to(const std::filesystem::path& target,
                                      const digest& blob, uint64_t size,
                                      const cancel_token& cancel,
                                      const bytes_done& report) const {
  TRIVIUM_CHECK(check_size(blob, size));
  TRIVIUM_TRY(const auto source, readable_file::open(path(blob)));
  TRIVIUM_TRY(auto copy, staged_file::create(target, 0));
  TRIVIUM_TRY(const auto copied, copy_hashed(*source, copy, cancel, report));
  if (copied.sha256 != blob)
    return fail(ec::data_loss, shown(source->path())
                                 + ": the blob is damaged: its SHA-256 is "
                                 + to_string(copied.sha256));
  return copy.publish();
}

expected<std::filesystem::path> blob_placement::prepare(const digest& blob) {
  auto target = blobs_.path(blob);
  const auto folder = target.parent_path();
  if (::mkdir(folder.c_str(), 0755) != 0 && errno != EEXIST)
    return fail(errno_error(errno, "cannot create folder", folder));
  // Also a folder that was there: who made it may not have synced its name.
  changed_.insert({blobs_.path(), folder});
  return target;
}

expected<void> blob_placement::place(staged_file& file, const digest& blob) {
  TRIVIUM_TRY(const auto target, prepare(blob));
  if (!seal(file.descriptor()))
    return fail(errno_error(errno, "cannot make read-only", target));
  return file.place(target);
}

expected<void> blob_placement::place(const std::filesystem::path& file,
                                     const digest& blob) {
  TRIVIUM_TRY(const auto target, prepare(blob));
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0)
    return fail(errno_error(errno, "cannot open", file));
  const auto is_synced = seal(fd) && ::fsync(fd) == 0;
  const auto reason = errno;
  ::close(fd);
  if (!is_synced)
    return fail(errno_error(reason, "cannot sync", file));
  if (::rename(file.c_str(), target.c_str()) != 0)
    return fail(errno_error(errno, "cannot put in place", target));
  return {};
}

expected<void> blob_placement::sync() {
  for (const auto& folder : changed_)
    TRIVIUM_CHECK(sync_folder(folder));
  changed_.clear();
  return {};
}

} // namespace trivium::storage

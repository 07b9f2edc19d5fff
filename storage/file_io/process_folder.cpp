#include "storage/file_io/process_folder.hpp"

#include "storage/file_io/errno_text.hpp"

#include <atomic>
#include <cerrno>
#include <fcntl.h>
#include <string_view>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace trivium::storage {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view partial_suffix = ".partial";

int open_folder(const fs::path& path) {
  return ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
}

/// 0, or why not: EWOULDBLOCK when someone else holds it.
int lock(int fd) {
  while (::flock(fd, LOCK_EX | LOCK_NB) != 0)
    if (errno != EINTR)
      return errno;
  return 0;
}

/// False when the folder was removed between its making and its locking.
bool is_still_there(int fd, const fs::path& path) {
  struct stat by_fd {};
  struct stat by_path {};
  return ::fstat(fd, &by_fd) == 0 && ::stat(path.c_str(), &by_path) == 0
         && by_fd.st_ino == by_path.st_ino && by_fd.st_dev == by_path.st_dev;
}

uint64_t bytes_below(const fs::path& path) {
  uint64_t bytes = 0;
  std::error_code ignored;
  for (fs::recursive_directory_iterator entry{path, ignored}, end; entry != end;
       entry.increment(ignored)) {
    if (!entry->is_regular_file(ignored) || entry->is_symlink(ignored))
      continue;
    const auto size = entry->file_size(ignored);
    bytes += ignored ? 0 : size;
  }
  return bytes;
}

struct held_folder {
  fs::path path;
  int fd = -1;
};

/// PREFIX PID-N SUFFIX in `parent`, made and locked.
expected<held_folder> make_held(const fs::path& parent, std::string_view prefix,
                                std::string_view suffix, mode_t mode) {
  static std::atomic<uint64_t> sequence{0};
  while (true) {
    auto name = std::string{prefix} + std::to_string(::getpid()) + "-"
                + std::to_string(++sequence);
    auto path = parent / name.append(suffix);
    if (::mkdir(path.c_str(), mode) != 0) {
      if (errno == EEXIST)
        continue;
      return fail(errno_error(errno, "cannot create folder", path));
    }
    const int fd = open_folder(path);
    if (fd < 0 && errno != ENOENT) {
      auto reason = errno_error(errno, "cannot open folder", path);
      ::rmdir(path.c_str());
      return fail(std::move(reason));
    }
    const auto refused = fd < 0 ? ENOENT : lock(fd);
    // Without locks on that file system nobody sweeps there either.
    if (fd >= 0 && refused != EWOULDBLOCK && is_still_there(fd, path))
      return held_folder{std::move(path), fd};
    if (fd >= 0)
      ::close(fd);
  }
}

/// Those folders named PREFIX…SUFFIX in `parent` that no process holds.
expected<std::vector<abandoned>> collect(const fs::path& parent,
                                         std::string_view prefix,
                                         std::string_view suffix,
                                         bool dry_run) {
  std::vector<abandoned> found;
  std::error_code reason;
  for (fs::directory_iterator entry{parent, reason}, end;
       !reason && entry != end; entry.increment(reason)) {
    const auto name = entry->path().filename().native();
    if (!name.starts_with(prefix) || !name.ends_with(suffix))
      continue;
    const int fd = open_folder(entry->path());
    if (fd < 0 || lock(fd) != 0) {
      if (fd >= 0)
        ::close(fd);
      continue;
    }
    found.push_back({entry->path(), bytes_below(entry->path())});
    std::error_code ignored;
    if (!dry_run)
      fs::remove_all(entry->path(), ignored);
    ::close(fd);
  }
  if (reason)
    return fail(errno_error(reason.value(), "cannot list", parent));
  return found;
}

} // namespace

expected<process_folder> process_folder::make(const fs::path& parent) {
  TRIVIUM_TRY(auto made, make_held(parent, {}, {}, 0700));
  return process_folder{std::move(made.path), made.fd};
}

expected<process_folder> process_folder::beside(const fs::path& target) {
  const auto prefix = "." + target.filename().native() + ".";
  const auto parent = target.has_parent_path() ? target.parent_path() : ".";
  // A parent that cannot be listed may still be written.
  static_cast<void>(collect(parent, prefix, partial_suffix, false));
  TRIVIUM_TRY(auto made, make_held(parent, prefix, partial_suffix, 0777));
  return process_folder{std::move(made.path), made.fd};
}

process_folder::process_folder(process_folder&& other) noexcept
  : path_(std::move(other.path_)), fd_(std::exchange(other.fd_, -1)) {}

process_folder& process_folder::operator=(process_folder&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(fd_, other.fd_);
  return *this;
}

process_folder::~process_folder() {
  if (fd_ < 0)
    return;
  std::error_code ignored;
  fs::remove_all(path_, ignored);
  ::close(fd_);
}

expected<std::vector<abandoned>> collect_abandoned(const fs::path& parent,
                                                   bool dry_run) {
  return collect(parent, {}, {}, dry_run);
}

expected<std::vector<abandoned>>
collect_abandoned_partial(const fs::path& parent, bool dry_run) {
  return collect(parent, ".", partial_suffix, dry_run);
}

} // namespace trivium::storage

#include "storage/file_io/folders.hpp"

#include "storage/file_io/errno_text.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace trivium::storage {

namespace {

/// Of a folder that was there: who made it may have died before its name was
/// durable. One who may not even open the parent cannot have made it so, and
/// some file systems sync no folders.
expected<void> sync_name_in(const std::filesystem::path& parent) {
  auto synced = sync_folder(parent);
  if (!synced && synced.error().code != ec::permission_denied
      && synced.error().code != ec::invalid_argument)
    return synced;
  return {};
}

} // namespace

expected<void> make_folders(const std::filesystem::path& folder) {
  std::error_code reason;
  const auto path = std::filesystem::absolute(folder, reason);
  if (reason)
    return fail(errno_error(reason.value(), "cannot find", folder));
  const auto parent = path.parent_path();
  if (!path.has_filename() && path.has_relative_path()) // "a/b/" names a/b
    return make_folders(parent);
  if (std::filesystem::is_directory(path, reason))
    return sync_name_in(parent);
  TRIVIUM_CHECK(make_folders(parent));
  // EEXIST: someone else was as quick; a file there fails below.
  if (::mkdir(path.c_str(), 0777) != 0 && errno != EEXIST)
    return fail(errno_error(errno, "cannot create folder", folder));
  TRIVIUM_CHECK(sync_folder(path));
  return sync_folder(parent);
}

expected<void> sync_folder(const std::filesystem::path& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    return fail(errno_error(errno, "cannot open folder", folder));
  const auto result = ::fsync(fd);
  const auto reason = errno;
  ::close(fd);
  if (result != 0)
    return fail(errno_error(reason, "cannot sync folder", folder));
  return {};
}

} // namespace trivium::storage

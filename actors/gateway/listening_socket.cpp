#include "actors/gateway/listening_socket.hpp"

#include "actors/transport/local_socket.hpp"
#include "storage/file_io/errno_text.hpp"

#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace trivium::actors {

namespace {

/// Removes a socket that nobody listens on.
expected<void> clear_place(const std::filesystem::path& path) {
  struct stat there {};
  if (::lstat(path.c_str(), &there) != 0)
    return {};
  if (!S_ISSOCK(there.st_mode))
    return fail(ec::already_exists,
                storage::shown(path) + ": exists and is no socket");
  if (const int fd = connect_local(path); fd >= 0) {
    ::close(fd);
    return fail(ec::already_exists,
                storage::shown(path) + ": somebody listens there already");
  }
  if (errno != ECONNREFUSED && errno != ENOENT)
    return fail(
      storage::errno_error(errno, "cannot look who listens at", path));
  if (::unlink(path.c_str()) != 0 && errno != ENOENT)
    return fail(storage::errno_error(errno, "cannot remove", path));
  return {};
}

} // namespace

expected<listening_socket>
listening_socket::open(const std::filesystem::path& path) {
  TRIVIUM_CHECK(clear_place(path));
  const int fd =
    ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0)
    return fail(storage::errno_error(errno, "no socket for", path));
  // On Linux the mode of the descriptor becomes that of the file.
  const local_address address{path};
  if (address.get() == nullptr || ::fchmod(fd, 0600) != 0
      || ::bind(fd, address.get(), local_address::size) != 0
      || ::listen(fd, SOMAXCONN) != 0) {
    const auto failure = storage::errno_error(errno, "cannot listen at", path);
    ::close(fd);
    return fail(failure);
  }
  return listening_socket{path, fd};
}

void listening_socket::close() {
  if (fd_ < 0)
    return;
  ::close(std::exchange(fd_, -1));
  ::unlink(path_.c_str());
}

} // namespace trivium::actors

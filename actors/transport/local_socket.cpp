#include "actors/transport/local_socket.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace trivium::actors {

local_address::local_address(const std::filesystem::path& path) {
  address_.sun_family = AF_UNIX;
  auto text = path.native();
  if (text.size() >= sizeof(address_.sun_path)) {
    const auto folder = path.has_parent_path() ? path.parent_path() : ".";
    folder_ = ::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (folder_ < 0)
      return;
    text = "/proc/self/fd/" + std::to_string(folder_) + "/"
           + path.filename().native();
  }
  if (text.empty() || text.size() >= sizeof(address_.sun_path)) {
    errno = ENAMETOOLONG;
    return;
  }
  std::memcpy(address_.sun_path, text.data(), text.size());
  is_usable_ = true;
}

local_address::~local_address() {
  if (folder_ >= 0)
    ::close(folder_);
}

const sockaddr* local_address::get() const {
  return is_usable_ ? reinterpret_cast<const sockaddr*>(&address_) : nullptr;
}

int connect_local(const std::filesystem::path& path) {
  const local_address address{path};
  if (address.get() == nullptr)
    return -1;
  // A listener whose backlog is full (its process is stopped, say) is no reason
  // to wait.
  const int fd =
    ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0)
    return -1;
  if (::connect(fd, address.get(), local_address::size) == 0
      && ::fcntl(fd, F_SETFL, 0) == 0)
    return fd;
  const auto why = errno;
  ::close(fd);
  errno = why;
  return -1;
}

bool is_same_user(int socket) {
  ucred peer{};
  socklen_t size = sizeof(peer);
  return ::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0
         && (peer.uid == ::geteuid() || peer.uid == 0);
}

} // namespace trivium::actors

#include "actors/node/service_notify.hpp"

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace trivium::actors {

bool notify_service(std::string_view state) {
  const auto* const named = std::getenv("NOTIFY_SOCKET");
  const std::string_view name{named == nullptr ? "" : named};
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (name.size() < 2 || name.size() >= sizeof(address.sun_path)
      || (name.front() != '/' && name.front() != '@'))
    return false;
  std::memcpy(address.sun_path, name.data(), name.size());
  if (name.front() == '@') // not NUL-terminated: its length counts
    address.sun_path[0] = '\0';
  const auto length = offsetof(sockaddr_un, sun_path) + name.size();
  const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return false;
  const auto sent =
    ::sendto(fd, state.data(), state.size(), MSG_NOSIGNAL | MSG_DONTWAIT,
             reinterpret_cast<const sockaddr*>(&address),
             static_cast<socklen_t>(length));
  ::close(fd);
  return sent == static_cast<ssize_t>(state.size());
}

} // namespace trivium::actors

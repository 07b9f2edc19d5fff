#pragma once

#include <filesystem>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>

namespace trivium::actors {

/// The address of a Unix socket. The system takes 107 bytes of path; a longer
/// one is reached through its open folder (/proc/self/fd/N/NAME), which this
/// holds open as long as it lives.
class local_address {
public:
  explicit local_address(const std::filesystem::path& path);
  ~local_address();
  local_address(const local_address&) = delete;
  local_address& operator=(const local_address&) = delete;

  /// Null, and errno, where the folder of a long path cannot be opened or the
  /// name alone is too long.
  [[nodiscard]] const sockaddr* get() const;
  static constexpr unsigned size = sizeof(sockaddr_un);

private:
  sockaddr_un address_{};
  int folder_ = -1;
  bool is_usable_ = false;
};

/// A connected, close-on-exec socket; -1 and errno where nobody listens there.
[[nodiscard]] int connect_local(const std::filesystem::path& path);

/// True when the process at the other end runs as this user, or as root.
[[nodiscard]] bool is_same_user(int socket);

} // namespace trivium::actors

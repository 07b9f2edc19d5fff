#pragma once

#include "messages/values/ec.hpp"

#include <filesystem>
#include <utility>

namespace trivium::actors {

/// A Unix socket that listens, mode 0600 from its first instant; removed from
/// the file system with its owner.
class listening_socket {
public:
  /// Takes the place of a socket that nobody listens on any more. Errors:
  /// already_exists (no socket, or one that
  /// is alive), permission_denied, not_found (no such folder), unavailable.
  [[nodiscard]] static expected<listening_socket>
  open(const std::filesystem::path& path);

  listening_socket(listening_socket&& other) noexcept
    : path_(std::move(other.path_)), fd_(std::exchange(other.fd_, -1)) {}
  listening_socket& operator=(listening_socket&&) = delete;
  ~listening_socket() { close(); }

  [[nodiscard]] int fd() const { return fd_; }
  void close();

private:
  listening_socket(std::filesystem::path path, int fd)
    : path_(std::move(path)), fd_(fd) {}

  std::filesystem::path path_;
  int fd_ = -1;
};

} // namespace trivium::actors

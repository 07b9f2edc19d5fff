#pragma once

#include "messages/values/ec.hpp"

#include <filesystem>

namespace trivium::storage {

/// The right to be the only process that has a store open: flock on a file
/// that names its holder. The kernel lets go of it when the process dies.
class owner_lock {
public:
  /// Takes `folder`/owner and writes our process id into it. Errors:
  /// unavailable ("store PATH is held by another process (pid N)"),
  /// permission_denied.
  [[nodiscard]] static expected<owner_lock>
  take(const std::filesystem::path& folder);

  owner_lock(owner_lock&& other) noexcept;
  owner_lock& operator=(owner_lock&& other) noexcept;
  ~owner_lock();

private:
  explicit owner_lock(int fd) : fd_(fd) {}

  int fd_ = -1;
};

} // namespace trivium::storage

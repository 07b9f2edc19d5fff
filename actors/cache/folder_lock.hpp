#pragma once

#include "messages/values/ec.hpp"

#include <chrono>
#include <filesystem>

namespace trivium::actors {

/// The right to change what a pull's folder shows: flock on DIR/.lock. The
/// kernel lets go of it when the process dies. A file system that offers no
/// locks gives the right to everybody.
class folder_lock {
public:
  /// Creates the folder where it is missing and waits for its holder, at most
  /// `patience`. Errors: unavailable ("DIR: is kept by another process (pid
  /// N)"), permission_denied, not_found, resource_exhausted.
  [[nodiscard]] static expected<folder_lock>
  take(const std::filesystem::path& folder, std::chrono::milliseconds patience);

  folder_lock(folder_lock&& other) noexcept;
  folder_lock& operator=(folder_lock&& other) noexcept;
  ~folder_lock();

  /// False where the file system offers no locks: others may be at work.
  [[nodiscard]] bool is_exclusive() const { return is_exclusive_; }

private:
  folder_lock(int fd, bool is_exclusive)
    : fd_(fd), is_exclusive_(is_exclusive) {}

  int fd_ = -1;
  bool is_exclusive_ = false;
};

} // namespace trivium::actors

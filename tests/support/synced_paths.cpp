#include "tests/support/synced_paths.hpp"

#include <mutex>
#include <string>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

std::mutex guard;
std::set<std::filesystem::path> seen;

} // namespace

/// In place of libc's.
extern "C" int fsync(int fd) {
  std::error_code ignored;
  const auto path = std::filesystem::read_symlink(
    "/proc/self/fd/" + std::to_string(fd), ignored);
  {
    const std::lock_guard lock{guard};
    seen.insert(path);
  }
  return static_cast<int>(::syscall(SYS_fsync, fd));
}

namespace trivium::test {

std::set<std::filesystem::path> synced_paths() {
  const std::lock_guard lock{guard};
  return seen;
}

void forget_synced_paths() {
  const std::lock_guard lock{guard};
  seen.clear();
}

} // namespace trivium::test

#include "tests/support/killed_at_call.hpp"

#include <atomic>
#include <csignal>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

std::atomic<int> calls{0};
std::atomic<int> killed_at{0};

void count() {
  if (++calls == killed_at)
    ::raise(SIGKILL);
}

template <class... Ts>
int made(long number, Ts... arguments) {
  count();
  return static_cast<int>(::syscall(number, arguments...));
}

} // namespace

// In place of libc's.
extern "C" {

int fsync(int fd) { return made(SYS_fsync, fd); }

int rename(const char* from, const char* to) noexcept {
  return made(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0U);
}

int renameat2(int from_fd, const char* from, int to_fd, const char* to,
              unsigned flags) noexcept {
  return made(SYS_renameat2, from_fd, from, to_fd, to, flags);
}

int symlink(const char* target, const char* link) noexcept {
  return made(SYS_symlinkat, target, AT_FDCWD, link);
}

int unlink(const char* path) noexcept {
  return made(SYS_unlinkat, AT_FDCWD, path, 0);
}

int unlinkat(int fd, const char* path, int flags) noexcept {
  return made(SYS_unlinkat, fd, path, flags);
}

int mkdir(const char* path, mode_t mode) noexcept {
  return made(SYS_mkdirat, AT_FDCWD, path, mode);
}

} // extern "C"

namespace trivium::test {

void kill_at_call(int call) {
  calls = 0;
  killed_at = call;
}

int counted_calls() { return calls; }

} // namespace trivium::test

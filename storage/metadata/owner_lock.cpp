#include "storage/metadata/owner_lock.hpp"

#include "storage/file_io/errno_text.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>
#include <utility>

namespace trivium::storage {

namespace {

/// The process id written in the file, 0 when there is none.
pid_t written_owner(int fd) {
  std::array<char, 32> text{};
  const auto length = ::pread(fd, text.data(), text.size(), 0);
  pid_t pid = 0;
  if (length > 0)
    std::from_chars(text.data(), text.data() + length, pid);
  return pid;
}

error held_by(pid_t pid, const std::filesystem::path& folder) {
  const auto store = "store " + shown(folder) + " is held by ";
  if (pid == ::getpid())
    return {ec::unavailable, store + "this process already"};
  return {ec::unavailable,
          store + "another process"
            + (pid > 0 ? " (pid " + std::to_string(pid) + ")" : "")};
}

} // namespace

expected<owner_lock> owner_lock::take(const std::filesystem::path& folder) {
  const auto path = folder / "owner";
  const int fd =
    ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0)
    return fail(errno_error(errno, "cannot open for writing", path));
  owner_lock lock{fd};
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK)
      return fail(held_by(written_owner(fd), folder));
    return fail(errno_error(errno, "cannot lock", path));
  }
  // Only shown to people: a disk too full to hold it takes nothing away.
  const auto text = std::to_string(::getpid()) + "\n";
  if (::ftruncate(fd, 0) == 0)
    static_cast<void>(!::pwrite(fd, text.data(), text.size(), 0));
  return lock;
}

owner_lock::owner_lock(owner_lock&& other) noexcept
  : fd_(std::exchange(other.fd_, -1)) {}

owner_lock& owner_lock::operator=(owner_lock&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

owner_lock::~owner_lock() {
  if (fd_ >= 0)
    ::close(fd_);
}

} // namespace trivium::storage

#include "actors/cache/folder_lock.hpp"

#include "storage/file_io/errno_text.hpp"
#include "storage/file_io/folders.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <string>
#include <sys/file.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace trivium::actors {

namespace {

/// flock has no time limit: it is asked again this often.
constexpr std::chrono::milliseconds lock_poll{10};

error held_by_another(int fd, const std::filesystem::path& folder) {
  std::array<char, 32> text{};
  const auto length = ::pread(fd, text.data(), text.size(), 0);
  pid_t pid = 0;
  if (length > 0)
    std::from_chars(text.data(), text.data() + length, pid);
  return {ec::unavailable,
          storage::shown(folder) + ": is kept by another process"
            + (pid > 0 ? " (pid " + std::to_string(pid) + ")" : "")};
}

/// 0, or why not.
int lock(int fd, std::chrono::steady_clock::time_point until) {
  while (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EINTR && errno != EWOULDBLOCK)
      return errno;
    if (std::chrono::steady_clock::now() >= until)
      return EWOULDBLOCK;
    std::this_thread::sleep_for(lock_poll);
  }
  return 0;
}

} // namespace

expected<folder_lock> folder_lock::take(const std::filesystem::path& folder,
                                        std::chrono::milliseconds patience) {
  TRIVIUM_CHECK(storage::make_folders(folder));
  const auto path = folder / ".lock";
  const int fd =
    ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
  if (fd < 0)
    return fail(storage::errno_error(errno, "cannot open for writing", path));
  const auto refused = lock(fd, std::chrono::steady_clock::now() + patience);
  folder_lock taken{fd, refused == 0};
  if (refused == EWOULDBLOCK)
    return fail(held_by_another(fd, folder));
  // Only shown to people: a disk too full to hold it takes nothing away.
  const auto text = std::to_string(::getpid()) + "\n";
  if (::ftruncate(fd, 0) == 0)
    static_cast<void>(!::pwrite(fd, text.data(), text.size(), 0));
  return taken;
}

folder_lock::folder_lock(folder_lock&& other) noexcept
  : fd_(std::exchange(other.fd_, -1)), is_exclusive_(other.is_exclusive_) {}

folder_lock& folder_lock::operator=(folder_lock&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(is_exclusive_, other.is_exclusive_);
  return *this;
}

folder_lock::~folder_lock() {
  if (fd_ >= 0)
    ::close(fd_);
}

} // namespace trivium::actors

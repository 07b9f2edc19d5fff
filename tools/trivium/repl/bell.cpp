#include "tools/trivium/repl/bell.hpp"

#include <cerrno>
#include <poll.h>
#include <sys/eventfd.h>
#include <system_error>
#include <unistd.h>
#include <vector>

namespace trivium::tools::repl {

bell::bell() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (fd_ < 0) // as a thread that cannot be had
    throw std::system_error{errno, std::generic_category(), "eventfd"};
}

bell::~bell() { ::close(fd_); }

void bell::ring() {
  const uint64_t one = 1;
  [[maybe_unused]] const auto done = ::write(fd_, &one, sizeof(one));
}

void bell::quiet() {
  uint64_t count = 0;
  [[maybe_unused]] const auto done = ::read(fd_, &count, sizeof(count));
}

bool wait_readable(std::initializer_list<int> fds,
                   std::chrono::milliseconds limit) {
  std::vector<pollfd> all;
  for (const auto fd : fds)
    all.push_back({fd, POLLIN, 0});
  // A signal ends the wait early, as if time were up.
  return ::poll(all.data(), all.size(), static_cast<int>(limit.count())) > 0;
}

cancel_token interrupts::begin() {
  const std::lock_guard lock{mutex_};
  current_ = {};
  bell_.quiet();
  return current_;
}

void interrupts::raise() {
  const std::lock_guard lock{mutex_};
  current_.cancel();
  bell_.ring();
}

bool interrupts::is_raised() const {
  const std::lock_guard lock{mutex_};
  return current_.is_cancelled();
}

} // namespace trivium::tools::repl

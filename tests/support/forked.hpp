#pragma once

#include <cerrno>
#include <cstdlib>
#include <functional>
#include <sched.h>
#include <string>
#include <sys/mount.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace trivium::test {

/// Runs `body` in a fork of this process and gives back what it returned:
/// limits, rights and mounts that it changed go with it. "signal N" when it
/// died. For code without threads.
inline std::string forked(const std::function<std::string()>& body) {
  int channel[2];
  if (::pipe(channel) != 0)
    throw std::system_error{errno, std::generic_category(), "pipe"};
  const auto pid = ::fork();
  if (pid == 0) {
    ::close(channel[0]);
    const auto said = body();
    for (std::string_view left = said; !left.empty();) {
      const auto put = ::write(channel[1], left.data(), left.size());
      if (put <= 0)
        break;
      left.remove_prefix(static_cast<size_t>(put));
    }
    ::_exit(0);
  }
  ::close(channel[1]);
  std::string said;
  char buffer[4096];
  for (ssize_t got = 0; (got = ::read(channel[0], buffer, sizeof(buffer))) > 0;)
    said.append(buffer, static_cast<size_t>(got));
  ::close(channel[0]);
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFSIGNALED(status) ? "signal " + std::to_string(WTERMSIG(status))
                             : said;
}

/// Inside `forked`: from here on an ordinary user, even when started as root.
inline void become_nobody() {
  constexpr uid_t nobody = 65534;
  if (::geteuid() == 0 && (::setgid(nobody) != 0 || ::setuid(nobody) != 0))
    std::abort();
}

/// Inside `forked`: mounts a file system of `mebibytes` that only this process
/// sees. False where that is not allowed; see may_mount.
inline bool mount_small_disk(const std::string& folder, int mebibytes) {
  const auto size = "size=" + std::to_string(mebibytes) + "m";
  return ::unshare(CLONE_NEWNS) == 0
         && ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0
         && ::mount("tmpfs", folder.c_str(), "tmpfs", 0, size.c_str()) == 0;
}

} // namespace trivium::test

#include "actors/cache/hook.hpp"

#include "messages/values/human.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <poll.h>
#include <spawn.h>
#include <sstream>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace trivium::actors {

namespace {

using steady = std::chrono::steady_clock;

/// A stop is looked for this often.
constexpr int poll_milliseconds = 50;
/// Between SIGTERM and SIGKILL; a stop of ours has 1.8 s in all.
constexpr std::chrono::milliseconds grace{500};

/// Ours, those that the hook sets left out.
std::vector<std::string> environment_of(const hook& wanted) {
  std::vector<std::string> all;
  for (const auto& [name, value] : wanted.environment)
    all.push_back(name + "=" + value);
  const auto ours = all.size();
  for (auto** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view inherited{*entry};
    const auto is_set = [&](const std::string& set) {
      return inherited.starts_with(set.substr(0, set.find('=') + 1));
    };
    if (std::none_of(all.begin(), all.begin() + static_cast<ptrdiff_t>(ours),
                     is_set))
      all.emplace_back(inherited);
  }
  return all;
}

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> all;
  for (auto& word : words)
    all.push_back(word.data());
  all.push_back(nullptr);
  return all;
}

/// How the child starts: signals as a shell expects them, whatever this
/// process blocks or ignores.
class spawn_setting {
public:
  spawn_setting() {
    ::posix_spawnattr_init(&attributes_);
    ::posix_spawn_file_actions_init(&files_);
    sigset_t signals;
    sigemptyset(&signals);
    ::posix_spawnattr_setsigmask(&attributes_, &signals);
    sigfillset(&signals);
    ::posix_spawnattr_setsigdefault(&attributes_, &signals);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK
                                               | POSIX_SPAWN_SETSIGDEF
                                               | POSIX_SPAWN_SETPGROUP);
    ::posix_spawn_file_actions_addopen(&files_, STDIN_FILENO, "/dev/null",
                                       O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&files_, STDERR_FILENO, STDOUT_FILENO);
    ::posix_spawn_file_actions_addclosefrom_np(&files_, STDERR_FILENO + 1);
  }

  ~spawn_setting() {
    ::posix_spawn_file_actions_destroy(&files_);
    ::posix_spawnattr_destroy(&attributes_);
  }

  spawn_setting(const spawn_setting&) = delete;
  spawn_setting& operator=(const spawn_setting&) = delete;

  expected<pid_t> start(const hook& wanted) const {
    std::vector<std::string> words{"/bin/sh", "-c", wanted.command};
    auto environment = environment_of(wanted);
    pid_t pid = -1;
    const auto refused =
      ::posix_spawn(&pid, words.front().c_str(), &files_, &attributes_,
                    pointers(words).data(), pointers(environment).data());
    if (refused != 0)
      return fail(ec::unavailable,
                  "the hook cannot be started: "
                    + std::generic_category().message(refused));
    return pid;
  }

private:
  posix_spawnattr_t attributes_{};
  posix_spawn_file_actions_t files_{};
};

/// A child that is reaped only when all is said about its group: until then no
/// other group can have its number.
class child_group {
public:
  explicit child_group(pid_t pid)
    : pid_(pid), fd_(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))) {}

  ~child_group() {
    if (fd_ >= 0)
      ::close(fd_);
    ::waitpid(pid_, nullptr, 0);
  }

  child_group(const child_group&) = delete;
  child_group& operator=(const child_group&) = delete;

  /// How the child ended; nothing while it runs, after a short wait.
  [[nodiscard]] bool has_ended(siginfo_t& how) const {
    how = {};
    const auto is_told = [&] {
      return ::waitid(P_PID, static_cast<id_t>(pid_), &how,
                      WEXITED | WNOHANG | WNOWAIT)
               == 0
             && how.si_pid == pid_;
    };
    if (is_told())
      return true;
    pollfd ends{fd_, POLLIN, 0}; // without pidfd it only waits
    ::poll(&ends, 1, poll_milliseconds);
    return is_told();
  }

  void signal(int number) const { ::kill(-pid_, number); }

  /// Somebody of it runs, be the child itself gone (and not reaped).
  [[nodiscard]] bool is_alive() const {
    siginfo_t how{};
    return !has_ended(how) || has_others();
  }

private:
  /// A signal 0 to the group would find the child that is not reaped.
  [[nodiscard]] bool has_others() const {
    std::error_code gone; // processes come and go meanwhile
    for (std::filesystem::directory_iterator at{"/proc", gone}, end;
         !gone && at != end; at.increment(gone)) {
      std::ifstream stat{at->path() / "stat"};
      std::string line;
      if (!std::getline(stat, line))
        continue;
      // PID (NAME) STATE PARENT GROUP: a name may hold anything.
      std::istringstream rest{line.substr(line.rfind(')') + 1)};
      char state = 0;
      pid_t parent = 0;
      pid_t group = 0;
      if (rest >> state >> parent >> group && group == pid_ && state != 'Z')
        return true;
    }
    return false;
  }

  pid_t pid_;
  int fd_;
};

void stop(const child_group& group) {
  group.signal(SIGTERM);
  const auto until = steady::now() + grace;
  while (group.is_alive() && steady::now() < until)
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  group.signal(SIGKILL);
}

/// In a container we may be process 1, which gets everybody's orphans.
void reap_orphans() {
  if (::getpid() == 1)
    while (::waitpid(-1, nullptr, WNOHANG) > 0)
      ;
}

expected<void> judged(const siginfo_t& how) {
  if (how.si_code != CLD_EXITED)
    return fail(ec::failed_precondition, "the hook was ended by signal "
                                           + std::to_string(how.si_status));
  if (how.si_status != 0)
    return fail(ec::failed_precondition, "the hook ended with exit status "
                                           + std::to_string(how.si_status));
  return {};
}

expected<void> await(const child_group& group, const hook& wanted,
                     const cancel_token& cancel) {
  const auto until = steady::now() + wanted.limit;
  siginfo_t how{};
  while (!group.has_ended(how)) {
    if (cancel.is_cancelled()) {
      stop(group);
      return fail(ec::cancelled, "stopped while the hook ran");
    }
    if (steady::now() >= until) {
      stop(group);
      return fail(ec::deadline_exceeded, "the hook took longer than "
                                           + exact_duration(wanted.limit)
                                           + " and was stopped");
    }
  }
  return judged(how);
}

} // namespace

expected<void> run_hook(const hook& wanted, const cancel_token& cancel) {
  TRIVIUM_TRY(const auto pid, spawn_setting{}.start(wanted));
  auto ended = await(child_group{pid}, wanted, cancel);
  reap_orphans();
  return ended;
}

} // namespace trivium::actors

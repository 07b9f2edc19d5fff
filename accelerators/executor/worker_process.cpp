#include "accelerators/executor/worker_process.hpp"

#include "accelerators/executor/post_mortem.hpp"
#include "messages/values/names.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

namespace trivium::accelerators {

namespace {

using namespace std::chrono_literals;

constexpr auto watch_interval = 50ms;
constexpr auto exit_grace = 2s; ///< From closing its socket to being a zombie.
constexpr std::chrono::seconds longest_time = 24h * 365;
constexpr size_t stderr_bytes = 4096;
constexpr rlim_t max_descriptors = 256;
constexpr rlim_t kill_grace_seconds = 5;

#if defined(__SANITIZE_ADDRESS__)
constexpr bool is_sanitized = true;
#else
constexpr bool is_sanitized = false;
#endif

tl::unexpected<error> start_error(const char* what) {
  const auto reason = errno;
  const auto code =
    reason == EMFILE || reason == ENFILE || reason == EAGAIN || reason == ENOMEM
      ? ec::resource_exhausted
      : ec::unavailable;
  return fail(code, std::string{"executor: "} + what + ": "
                      + std::generic_category().message(reason));
}

/// Closed at the end of the scope unless released.
class owned_descriptor {
public:
  explicit owned_descriptor(int fd = -1) : fd_(fd) {}
  ~owned_descriptor() {
    if (fd_ >= 0)
      ::close(fd_);
  }
  owned_descriptor(const owned_descriptor&) = delete;
  owned_descriptor& operator=(const owned_descriptor&) = delete;

  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] int release() { return std::exchange(fd_, -1); }

private:
  int fd_;
};

/// Everything the child needs, laid out before the fork: between fork and exec
/// nothing may allocate or lock.
struct launch {
  std::string program;
  std::vector<std::string> environment;
  std::array<char*, 3> arguments{};
  std::vector<char*> variables;
  int channel = -1;
  int errors = -1;
  pid_t parent = 0;
  rlim_t memory_bytes = 0;
  rlim_t cpu_seconds = 0;
};

std::vector<std::string> bare_environment() {
  std::vector<std::string> variables{"PATH=/usr/bin:/bin", "LANG=C.UTF-8"};
  for (const auto* name :
       {"TRIVIUM_OPENVINO_PLUGIN", "ASAN_OPTIONS", "UBSAN_OPTIONS"})
    if (const auto* text = std::getenv(name); text != nullptr)
      variables.push_back(std::string{name} + "=" + text);
  if (is_sanitized) // oneTBB's RTLD_DEEPBIND is fatal to AddressSanitizer
    variables.emplace_back("TBB_ENABLE_SANITIZERS=1");
  return variables;
}

void limit(decltype(RLIMIT_CORE) resource, rlim_t most, rlim_t hard) {
  rlimit current{};
  if (::getrlimit(resource, &current) == 0)
    hard = std::min(hard, current.rlim_max);
  const rlimit wanted{std::min(most, hard), hard};
  ::setrlimit(resource, &wanted);
}

void limit(decltype(RLIMIT_CORE) resource, rlim_t most) {
  limit(resource, most, most);
}

/// Runs between fork and exec: async-signal-safe calls only.
[[noreturn]] void become_worker(const launch& how) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != how.parent) // died before the line above
    ::_exit(1);
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  for (const int number : {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGCHLD})
    ::signal(number, SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);

  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_FSIZE, 0); // pipes and sockets are not files
  limit(RLIMIT_NOFILE, max_descriptors);
  // SIGXCPU at the first, which post_mortem knows; SIGKILL at the second.
  limit(RLIMIT_CPU, how.cpu_seconds, how.cpu_seconds + kill_grace_seconds);
  if (!is_sanitized) // its address space is all shadow: no limit fits
    limit(RLIMIT_DATA, how.memory_bytes);

  ::dup2(how.channel, STDIN_FILENO);
  ::dup2(how.channel, STDOUT_FILENO);
  ::dup2(how.errors, STDERR_FILENO);
  ::syscall(SYS_close_range, 3U, ~0U, 0U);
  ::execve(how.program.c_str(), how.arguments.data(), how.variables.data());

  const auto* reason = ::strerrordesc_np(errno);
  for (const auto* text : {how.program.c_str(), ": ", reason})
    if (text != nullptr && ::write(STDERR_FILENO, text, std::strlen(text)) < 0)
      break;
  ::_exit(exit_cannot_start);
}

/// A copy of `fd` above the three that the child overwrites.
int above_standard_streams(int fd) { return ::fcntl(fd, F_DUPFD_CLOEXEC, 3); }

rlim_t cpu_seconds(std::chrono::seconds wall) {
  const auto cores = std::max(1L, ::sysconf(_SC_NPROCESSORS_ONLN));
  const auto seconds = std::clamp<int64_t>(wall.count(), 1, 1 << 20);
  return static_cast<rlim_t>(seconds * cores + 5);
}

std::chrono::milliseconds
left_until(std::chrono::steady_clock::time_point deadline) {
  return std::max(0ms, std::chrono::ceil<std::chrono::milliseconds>(
                         deadline - std::chrono::steady_clock::now()));
}

} // namespace

expected<std::unique_ptr<worker_process>>
worker_process::start(const std::filesystem::path& program,
                      const worker_limits& limits, const cancel_token& cancel) {
  std::array<int, 2> sockets{-1, -1};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets.data()) != 0)
    return start_error("no socket for the worker");
  owned_descriptor ours{sockets[0]};
  const owned_descriptor theirs{sockets[1]};
  std::array<int, 2> pipe{-1, -1};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0)
    return start_error("no pipe for the worker");
  owned_descriptor errors_out{pipe[0]};
  const owned_descriptor errors_in{pipe[1]};
  const owned_descriptor child_channel{above_standard_streams(theirs.get())};
  const owned_descriptor child_errors{above_standard_streams(errors_in.get())};
  if (child_channel.get() < 0 || child_errors.get() < 0)
    return start_error("no descriptor for the worker");
  ::fcntl(errors_out.get(), F_SETFL, O_NONBLOCK);

  launch how;
  how.program = program.native();
  how.environment = bare_environment();
  std::string subcommand = "executor-worker";
  how.arguments = {how.program.data(), subcommand.data(), nullptr};
  for (auto& variable : how.environment)
    how.variables.push_back(variable.data());
  how.variables.push_back(nullptr);
  how.channel = child_channel.get();
  how.errors = child_errors.get();
  how.parent = ::getpid();
  how.memory_bytes = limits.memory_bytes;
  how.cpu_seconds = cpu_seconds(limits.time);

  const auto pid = ::fork();
  if (pid < 0)
    return start_error("no process for the worker");
  if (pid == 0)
    become_worker(how);
  ::setpgid(pid, pid); // both sides: whoever is first
  return std::unique_ptr<worker_process>{new worker_process{
    pid, ours.release(), errors_out.release(), limits, cancel}};
}

worker_process::worker_process(pid_t pid, int channel, int errors,
                               const worker_limits& limits, cancel_token cancel)
  : pid_(pid), channel_(channel), errors_(errors),
    time_(std::min(limits.time, longest_time)),
    deadline_(std::chrono::steady_clock::now() + time_),
    cancel_(std::move(cancel)) {}

worker_process::~worker_process() {
  end();
  ::close(channel_);
  ::close(errors_);
}

expected<void> worker_process::read(std::span<std::byte> out) {
  while (!out.empty()) {
    TRIVIUM_CHECK(wait_until_ready(POLLIN));
    const auto got = ::recv(channel_, out.data(), out.size(), MSG_DONTWAIT);
    if (got > 0)
      out = out.subspan(static_cast<size_t>(got));
    else if (got == 0 || (errno != EINTR && errno != EAGAIN))
      return fail(explain_end());
  }
  return {};
}

expected<void> worker_process::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    TRIVIUM_CHECK(wait_until_ready(POLLOUT));
    const auto put =
      ::send(channel_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (put > 0)
      bytes = bytes.subspan(static_cast<size_t>(put));
    else if (put < 0 && errno != EINTR && errno != EAGAIN)
      return {}; // gone: the next read tells how, or brings its last answer
  }
  return {};
}

expected<void> worker_process::wait_until_ready(short events) {
  for (;;) {
    if (cancel_.is_cancelled()) {
      end();
      return fail(ec::cancelled, "executor: cancelled");
    }
    const auto left = left_until(deadline_);
    if (left == 0ms) {
      end();
      return fail(ec::deadline_exceeded,
                  "executor: the graph was not done within "
                    + std::to_string(time_.count()) + " s");
    }
    std::array<pollfd, 2> watched{pollfd{channel_, events, 0},
                                  pollfd{errors_, POLLIN, 0}};
    const auto timeout =
      std::min<std::chrono::milliseconds>(left, watch_interval);
    ::poll(watched.data(), watched.size(), static_cast<int>(timeout.count()));
    if (watched[1].revents != 0)
      collect_errors();
    if (watched[0].revents != 0)
      return {};
  }
}

void worker_process::collect_errors() {
  std::array<char, stderr_bytes> buffer{};
  const auto got = ::read(errors_, buffer.data(), buffer.size());
  if (got > 0)
    stderr_tail_.append(buffer.data(), static_cast<size_t>(got));
  else if (got == 0)
    ::close(std::exchange(errors_, -1)); // poll ignores −1
  if (stderr_tail_.size() > stderr_bytes)
    stderr_tail_.erase(0, stderr_tail_.size() - stderr_bytes);
}

error worker_process::explain_end() {
  // Its socket is closed, so it is about to end; give it a moment to say how.
  const auto grace =
    std::min(deadline_, std::chrono::steady_clock::now() + exit_grace);
  const owned_descriptor exited{
    static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0))};
  pollfd watched{exited.get(), POLLIN, 0};
  while (left_until(grace) > 0ms && !cancel_.is_cancelled()) {
    collect_errors();
    if (::poll(&watched, 1, static_cast<int>(watch_interval.count())) > 0)
      break;
  }
  const bool ended_itself = watched.revents != 0;
  const auto status = end();
  for (int i = 0; i < 16 && errors_ >= 0; ++i) // at most a full pipe
    collect_errors();
  if (!ended_itself)
    return {ec::internal, "executor: the worker closed its socket without an "
                          "answer and went on running"};
  return post_mortem(status, stderr_tail_);
}

/// Kills the group, reaps the child; its wait status, 0 when long gone.
int worker_process::end() {
  if (pid_ <= 0)
    return 0;
  const auto pid = std::exchange(pid_, 0);
  ::kill(-pid, SIGKILL);
  ::kill(pid, SIGKILL);
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

} // namespace trivium::accelerators

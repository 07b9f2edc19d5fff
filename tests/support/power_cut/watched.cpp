#include "tests/support/power_cut/watched.hpp"

#include "tests/support/power_cut/real_call.hpp"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace trivium::test::power_cut {

namespace {

struct settings {
  std::string shadow;
  uint64_t cut_at = 0;
  uint64_t seed = 0;
  std::string liar;
  int report = -1;
};

std::mutex guard;
thread_local bool is_inside = false;
disk* watched = nullptr; // never destroyed: calls go on until the very end
settings* wanted = nullptr;
uint64_t calls = 0;

std::string setting(const char* name) {
  const auto* value = ::getenv(name);
  return value == nullptr ? "" : value;
}

void report(const std::string& line) {
  const auto text = line + "\n";
  real_call(SYS_write, wanted->report, text.data(), text.size());
}

void leave_shadow() {
  for (const auto& what : watched->unseen())
    report("unseen " + what);
  watched->leave(wanted->shadow, wanted->seed);
}

__attribute__((constructor)) void start() {
  const auto folder = setting("TRIVIUM_POWER_FOLDER");
  if (folder.empty())
    return;
  ::unsetenv("LD_PRELOAD"); // one disk has one model
  is_inside = true;
  wanted = new settings{
    setting("TRIVIUM_POWER_SHADOW"),
    std::strtoull(setting("TRIVIUM_POWER_CUT_AT").c_str(), nullptr, 10),
    std::strtoull(setting("TRIVIUM_POWER_SEED").c_str(), nullptr, 10),
    setting("TRIVIUM_POWER_LIAR"),
    ::open(setting("TRIVIUM_POWER_REPORT").c_str(),
           O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644)};
  watched = new disk{folder};
  is_inside = false;
}

__attribute__((destructor)) void end() {
  const watched_call last;
  if (last)
    leave_shadow();
}

} // namespace

watched_call::watched_call() {
  if (is_inside || watched == nullptr)
    return;
  lock_ = std::unique_lock{guard};
  is_inside = true;
  disk_ = watched;
}

watched_call::~watched_call() {
  if (disk_ != nullptr)
    is_inside = false;
}

void watched_call::begins(const char* name,
                          const std::filesystem::path& path) const {
  const auto saved = errno;
  report(name + (" " + path.native()));
  if (++calls == wanted->cut_at) {
    leave_shadow();
    real_call(SYS_kill, ::getpid(), SIGKILL);
    while (true)
      ::pause();
  }
  errno = saved;
}

void watched_call::sync(node_id id, int fd) const {
  const auto path = (*disk_)[id].path.native();
  if (!wanted->liar.empty() && path.starts_with(wanted->liar))
    return;
  if (!disk_->sync(id, fd))
    report("unseen bytes: " + path);
}

} // namespace trivium::test::power_cut

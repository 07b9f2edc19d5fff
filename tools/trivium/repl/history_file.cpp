#include "tools/trivium/repl/history_file.hpp"

#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace trivium::tools::repl {

namespace {

std::filesystem::path absolute_variable(const char* name) {
  const auto* const value = std::getenv(name);
  const std::filesystem::path path{value == nullptr ? "" : value};
  return path.is_absolute() ? path : std::filesystem::path{};
}

} // namespace

std::filesystem::path default_history_file() {
  auto folder = absolute_variable("XDG_STATE_HOME");
  if (folder.empty())
    if (const auto home = absolute_variable("HOME"); !home.empty())
      folder = home / ".local" / "state";
  return folder.empty() ? folder : folder / "trivium" / "repl_history";
}

line_history::line_history(std::filesystem::path file)
  : file_(std::move(file)), lines_(::history_init()) {
  if (!lines_)
    throw std::bad_alloc{};
  constexpr int most = 1000;
  HistEvent event{};
  ::history(lines_.get(), &event, H_SETSIZE, most);
  ::history(lines_.get(), &event, H_SETUNIQUE, 1);
  if (!file_.empty())
    ::history(lines_.get(), &event, H_LOAD, file_.c_str());
}

void line_history::add(const std::string& line) {
  if (line.find_first_not_of(" \t") == std::string::npos)
    return;
  HistEvent event{};
  ::history(lines_.get(), &event, H_ENTER, line.c_str());
  save();
}

/// A new file in the old one's place: two consoles do not mix their bytes, and
/// its mode is ours whatever stood there.
void line_history::save() const {
  if (file_.empty())
    return;
  std::error_code failed;
  std::filesystem::create_directories(file_.parent_path(), failed);
  const auto fresh = file_.native() + "." + std::to_string(::getpid());
  const auto fd =
    ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
           S_IRUSR | S_IWUSR);
  if (fd < 0)
    return;
  auto* const out = ::fdopen(fd, "w");
  HistEvent event{};
  const auto is_written = ::history(lines_.get(), &event, H_SAVE_FP, out) >= 0;
  if (std::fclose(out) != 0 || !is_written
      || ::rename(fresh.c_str(), file_.c_str()) != 0)
    ::unlink(fresh.c_str());
}

} // namespace trivium::tools::repl

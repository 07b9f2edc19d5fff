#include "accelerators/executor/post_mortem.hpp"

#include "messages/values/names.hpp"

#include <csignal>
#include <cstring>
#include <sys/wait.h>

namespace trivium::accelerators {

namespace {

constexpr size_t max_words_bytes = 512;

std::string signal_name(int number) {
  const auto* abbreviation = ::sigabbrev_np(number);
  return abbreviation == nullptr ? "signal " + std::to_string(number)
                                 : std::string{"SIG"} + abbreviation;
}

error ended(ec code, const std::string& text, std::string_view stderr_tail) {
  const auto words = last_words(stderr_tail);
  return {code, "executor: " + text + (words.empty() ? "" : ": " + words)};
}

} // namespace

std::string last_words(std::string_view stderr_tail) {
  std::string line;
  for (const char c : stderr_tail) {
    if (c != '\n' && c != '\r')
      line += c;
    else if (!line.empty() && line.back() != '|')
      line += '|';
  }
  while (!line.empty() && line.back() == '|')
    line.pop_back();
  if (line.size() > max_words_bytes)
    line.erase(0, line.size() - max_words_bytes);
  return printable(line);
}

error post_mortem(int status, std::string_view stderr_tail) {
  const bool said_no_memory =
    stderr_tail.find("bad_alloc") != std::string_view::npos;
  if (WIFEXITED(status)) {
    const auto code = WEXITSTATUS(status);
    if (code == exit_out_of_memory)
      return ended(ec::resource_exhausted,
                   "the graph needs more than the memory limit", {});
    if (code == exit_cannot_start)
      return ended(ec::unavailable, "the worker cannot be started",
                   stderr_tail);
    return ended(ec::internal,
                 "the worker ended with exit code " + std::to_string(code)
                   + " before it answered",
                 stderr_tail);
  }
  const auto number = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  if (number == SIGXCPU)
    return ended(ec::deadline_exceeded, "the graph used up its processor time",
                 {});
  if (number == SIGKILL)
    return ended(ec::resource_exhausted,
                 "the worker was killed from outside (SIGKILL): out of memory?",
                 stderr_tail);
  if (said_no_memory)
    return ended(ec::resource_exhausted,
                 "the graph needs more than the memory limit", stderr_tail);
  return ended(ec::internal, "the worker crashed (" + signal_name(number) + ")",
               stderr_tail);
}

} // namespace trivium::accelerators

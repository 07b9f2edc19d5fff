#pragma once

#include <cerrno>
#include <csignal>
#include <optional>
#include <string>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <vector>

namespace trivium::test {

/// A program that runs beside the test and says lines; killed, if it still
/// runs, when the test ends.
class child_process {
public:
  explicit child_process(std::vector<std::string> command) {
    int input[2];
    int output[2];
    if (::pipe(input) != 0 || ::pipe(output) != 0)
      throw std::system_error{errno, std::generic_category(), "pipe"};
    std::vector<char*> words;
    for (auto& word : command)
      words.push_back(word.data());
    words.push_back(nullptr);
    pid_ = ::fork();
    if (pid_ == 0) {
      ::dup2(input[0], STDIN_FILENO);
      ::dup2(output[1], STDOUT_FILENO);
      for (const auto fd : {input[0], input[1], output[0], output[1]})
        ::close(fd);
      ::execv(words.front(), words.data());
      ::_exit(127);
    }
    ::close(input[0]);
    ::close(output[1]);
    input_ = input[1];
    output_ = output[0];
  }

  ~child_process() {
    kill();
    ::close(input_);
    ::close(output_);
  }

  child_process(const child_process&) = delete;
  child_process& operator=(const child_process&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }

  /// Waits for a whole line; nothing once the child's output ended.
  std::optional<std::string> line() {
    std::string text;
    char byte = 0;
    while (::read(output_, &byte, 1) == 1) {
      if (byte == '\n')
        return text;
      text += byte;
    }
    return std::nullopt;
  }

  /// kill -9, and waits for it.
  void kill() {
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
      pid_ = -1;
    }
  }

  /// Waits for the end; the exit code, or 128 + signal.
  int exit_code() {
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

private:
  pid_t pid_ = -1;
  int input_ = -1;
  int output_ = -1;
};

} // namespace trivium::test

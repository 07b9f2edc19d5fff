#pragma once

#include "tests/unit/tools/fake_client.hpp"
#include "tools/trivium/repl/run_line.hpp"

#include <array>
#include <cstdio>
#include <string>
#include <unistd.h>

namespace trivium::test {

/// Keeps what goes to standard error while it lives.
class captured_errors {
public:
  captured_errors() : file_(std::tmpfile()), kept_(::dup(STDERR_FILENO)) {
    std::fflush(stderr);
    ::dup2(::fileno(file_), STDERR_FILENO);
  }
  ~captured_errors() {
    std::fflush(stderr);
    ::dup2(kept_, STDERR_FILENO);
    ::close(kept_);
    std::fclose(file_);
  }
  captured_errors(const captured_errors&) = delete;
  captured_errors& operator=(const captured_errors&) = delete;

  [[nodiscard]] std::string text() const {
    std::fflush(stderr);
    std::string all;
    std::array<char, 4096> bytes{};
    off_t at = 0;
    ssize_t count = 0;
    while ((count = ::pread(::fileno(file_), bytes.data(), bytes.size(), at))
           > 0) {
      all.append(bytes.data(), static_cast<size_t>(count));
      at += count;
    }
    return all;
  }

private:
  std::FILE* file_;
  int kept_;
};

/// A console before a fake node: what it prints, and what it says went wrong.
struct console {
  fake_node node;
  tools::repl::interrupts stop;
  tools::repl::node_link link{client_options{}, "0.1.0"};
  std::string printed;
  std::string errors;
  tools::repl::session session{
    link,
    stop,
    {[this](std::string_view text) { printed += text; },
     [] { return tools::repl::screen{}; }}};

  int run(std::string_view line) {
    const captured_errors captured;
    const auto code = tools::repl::run_line(session, line);
    errors = captured.text();
    return code;
  }

  /// Whoever is asked says `said`.
  void somebody_says(const std::string& said) {
    session.talk.ask = [this, said](std::string_view question) {
      printed += question;
      return expected<std::string>{said};
    };
  }

  /// The calls but those that only connect or read.
  [[nodiscard]] std::vector<std::string> changes() const {
    auto left = node.calls;
    std::erase_if(left, [](const auto& call) {
      return call.starts_with("connect") || call.starts_with("model ");
    });
    return left;
  }
};

} // namespace trivium::test

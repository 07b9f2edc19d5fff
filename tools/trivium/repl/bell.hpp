#pragma once

#include "messages/values/envelope.hpp"

#include <chrono>
#include <initializer_list>
#include <mutex>

namespace trivium::tools::repl {

/// Wakes a thread that waits in poll(2).
class bell {
public:
  bell();
  ~bell();
  bell(const bell&) = delete;
  bell& operator=(const bell&) = delete;

  void ring(); ///< From any thread.
  void quiet();
  /// Readable from `ring` until `quiet`.
  [[nodiscard]] int fd() const { return fd_; }

private:
  int fd_;
};

/// Waits until one of `fds` can be read or has ended; false: time is up.
bool wait_readable(std::initializer_list<int> fds,
                   std::chrono::milliseconds limit);

inline constexpr std::chrono::milliseconds without_limit{-1};

/// Ctrl-C as the running command meets it: its token is set and its bell rings.
class interrupts {
public:
  /// A command begins: what came before does not concern it.
  cancel_token begin();

  void raise(); ///< From any thread.
  [[nodiscard]] bool is_raised() const;
  [[nodiscard]] int fd() const { return bell_.fd(); }

private:
  mutable std::mutex mutex_;
  cancel_token current_;
  bell bell_;
};

} // namespace trivium::tools::repl

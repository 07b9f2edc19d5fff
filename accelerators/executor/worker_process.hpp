#pragma once

#include "accelerators/executor/byte_channel.hpp"
#include "messages/values/envelope.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include <sys/types.h>

namespace trivium::accelerators {

struct worker_limits {
  std::chrono::seconds time{120}; ///< Wall clock, for the whole conversation.
  uint64_t memory_bytes = uint64_t{4}
                          << 30; ///< See docs/formats/executor_protocol.md.
};

/// A child that runs `program executor-worker`, and the parent's end of the
/// socket that is its stdin and stdout. It lives in a process group of its own,
/// with rlimits, almost no environment and none of our descriptors; it dies
/// with the thread that started it. The destructor kills and reaps it.
class worker_process final : public byte_channel {
public:
  /// Error: unavailable, resource_exhausted (no descriptor, no process).
  [[nodiscard]] static expected<std::unique_ptr<worker_process>>
  start(const std::filesystem::path& program, const worker_limits& limits,
        const cancel_token& cancel);

  ~worker_process() override;
  worker_process(const worker_process&) = delete;
  worker_process& operator=(const worker_process&) = delete;

  /// Waits for the child, watching the deadline and the token every 50 ms.
  /// Errors: deadline_exceeded and cancelled (the child is dead on return),
  /// those of `post_mortem` when the child ends first.
  [[nodiscard]] expected<void> read(std::span<std::byte> out) override;
  [[nodiscard]] expected<void> write(std::span<const std::byte> bytes) override;

private:
  worker_process(pid_t pid, int channel, int errors,
                 const worker_limits& limits, cancel_token cancel);

  [[nodiscard]] expected<void> wait_until_ready(short events);
  void collect_errors();
  [[nodiscard]] error explain_end();
  int end();

  pid_t pid_;
  int channel_;
  int errors_;
  std::chrono::seconds time_;
  std::chrono::steady_clock::time_point deadline_;
  cancel_token cancel_;
  std::string stderr_tail_;
};

} // namespace trivium::accelerators

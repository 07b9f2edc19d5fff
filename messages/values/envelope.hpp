#pragma once

#include "messages/values/ec.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace trivium {

/// W3C Trace Context ids.
struct trace_context {
  std::array<uint8_t, 16> trace_id{};
  std::array<uint8_t, 8> span_id{};
  bool is_sampled = true;
};

/// From a W3C `traceparent`: "00-", 32 hex digits, "-", 16, "-", 2. Error:
/// invalid_argument.
[[nodiscard]] expected<trace_context> parse_traceparent(std::string_view text);

/// 32 lower-case hex digits.
[[nodiscard]] std::string trace_id_text(const trace_context& trace);

/// Shared by everyone who works for one request; set once, read between tiles.
/// Stays inside one process: over a wire a cancellation is a message.
class cancel_token {
public:
  cancel_token() : flag_(std::make_shared<std::atomic<bool>>(false)) {}

  void cancel() const { flag_->store(true, std::memory_order_relaxed); }
  [[nodiscard]] bool is_cancelled() const {
    return flag_->load(std::memory_order_relaxed);
  }

private:
  std::shared_ptr<std::atomic<bool>> flag_;
};

/// Travels in front of every message: on whose behalf, until when, which trace.
struct envelope {
  trace_context trace;
  std::string tenant = "default"; ///< Namespace that the work is for.
  std::string subject = "local";  ///< Who asked.
  std::string job;                ///< Job id, empty outside a job.
  /// System clock: a deadline crosses processes.
  std::chrono::system_clock::time_point deadline =
    std::chrono::system_clock::time_point::max();
  cancel_token cancel;
};

} // namespace trivium

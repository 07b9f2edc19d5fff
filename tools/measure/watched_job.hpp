#pragma once

#include "actors/client/client.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>

namespace trivium {

/// The newest state of a job, for threads that wait until it is as they want.
class watched_job {
public:
  /// Errors: watch_jobs's.
  [[nodiscard]] expected<void> begin(client& node, const std::string& job) {
    TRIVIUM_TRY(watch_, node.watch_jobs(job, [this](const job_status& status) {
      {
        const std::lock_guard hold{mutex_};
        latest_ = status;
      }
      changed_.notify_all();
    }));
    return {};
  }

  [[nodiscard]] std::optional<job_status> latest() {
    const std::lock_guard hold{mutex_};
    return latest_;
  }

  /// The state for which `is` holds, or nothing after the limit.
  template <class Is>
  [[nodiscard]] std::optional<job_status>
  await(Is is, std::chrono::milliseconds limit) {
    std::unique_lock hold{mutex_};
    if (!changed_.wait_for(hold, limit,
                           [&] { return latest_ && is(*latest_); }))
      return std::nullopt;
    return latest_;
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<job_status> latest_;
  subscription watch_; // last: it ends before what it fills
};

/// In the midst of its tensors, or over.
[[nodiscard]] inline bool is_quantizing_or_over(const job_status& status) {
  return status.has_ended()
         || (status.stage == job_stage::quantize && status.done > 0);
}

} // namespace trivium

#pragma once

#include "messages/values/envelope.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>

namespace trivium::actors {

/// Rung from any thread, heard by the one that waits; rings that come while
/// nobody waits are one ring.
class bell {
public:
  using milliseconds = std::chrono::milliseconds;

  void ring() {
    {
      const std::lock_guard lock{guard_};
      has_rung_ = true;
    }
    changed_.notify_all();
  }

  /// A ring that nobody has waited for yet.
  [[nodiscard]] bool has_rung() const {
    const std::lock_guard lock{guard_};
    return has_rung_;
  }

  /// Until it rings, `limit` is over, or the token is set, which is looked at
  /// every 100 ms.
  void wait(milliseconds limit, const cancel_token& cancel) {
    const auto begin = std::chrono::steady_clock::now();
    std::unique_lock lock{guard_};
    while (!has_rung_ && !cancel.is_cancelled()) {
      const auto passed = std::chrono::duration_cast<milliseconds>(
        std::chrono::steady_clock::now() - begin);
      if (passed >= limit)
        break;
      changed_.wait_for(lock, std::min(limit - passed, milliseconds{100}));
    }
    has_rung_ = false;
  }

private:
  mutable std::mutex guard_;
  std::condition_variable changed_;
  bool has_rung_ = false;
};

/// Pauses between attempts: each twice as long as the one before.
class back_off {
public:
  using milliseconds = std::chrono::milliseconds;

  back_off(milliseconds first, milliseconds longest)
    : first_(first), longest_(longest), next_(first) {}

  [[nodiscard]] milliseconds next() {
    const auto pause = next_;
    next_ = std::min(2 * next_, longest_);
    return pause;
  }

  void reset() { next_ = first_; }

private:
  milliseconds first_;
  milliseconds longest_;
  milliseconds next_;
};

} // namespace trivium::actors

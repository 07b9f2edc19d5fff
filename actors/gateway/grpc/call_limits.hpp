#pragma once

#include <atomic>
#include <cstdint>

namespace trivium::actors {

/// Counts what is under way, over all methods. For any thread.
class call_limits {
public:
  explicit call_limits(uint32_t most) : most_(most) {}

  [[nodiscard]] bool enter() {
    if (now_.fetch_add(1, std::memory_order_relaxed) < most_)
      return true;
    leave();
    return false;
  }
  void leave() { now_.fetch_sub(1, std::memory_order_relaxed); }

  [[nodiscard]] uint32_t now() const {
    return now_.load(std::memory_order_relaxed);
  }

private:
  uint32_t most_;
  std::atomic<uint32_t> now_ = 0;
};

} // namespace trivium::actors

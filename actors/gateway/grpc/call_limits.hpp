#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace trivium::actors {

/// Counts what is under way, over all methods, and the bytes of its requests.
/// For any thread.
class call_limits {
public:
  call_limits(uint32_t most, uint64_t most_bytes)
    : most_(most), most_bytes_(most_bytes) {}

  /// `bytes`: of the request. False: it is one too many, or too large beside
  /// the others; one request alone always has room.
  [[nodiscard]] bool enter(size_t bytes = 0) {
    const auto held = bytes_.fetch_add(bytes, std::memory_order_relaxed);
    const auto has_room =
      bytes == 0 || held == 0 || held + bytes <= most_bytes_;
    if (now_.fetch_add(1, std::memory_order_relaxed) < most_ && has_room)
      return true;
    leave(bytes);
    return false;
  }
  void leave(size_t bytes = 0) {
    bytes_.fetch_sub(bytes, std::memory_order_relaxed);
    now_.fetch_sub(1, std::memory_order_relaxed);
  }

  [[nodiscard]] uint32_t now() const {
    return now_.load(std::memory_order_relaxed);
  }

private:
  uint32_t most_;
  uint64_t most_bytes_;
  std::atomic<uint32_t> now_ = 0;
  std::atomic<uint64_t> bytes_ = 0;
};

} // namespace trivium::actors

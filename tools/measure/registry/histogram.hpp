#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace trivium::bench {

using steady = std::chrono::steady_clock;

/// Counts durations in buckets that are narrower than 1/64 of what they hold,
/// from 1 ns to centuries, in 32 KiB. Used by one thread.
class histogram {
public:
  void record(std::chrono::nanoseconds time) {
    const auto value =
      static_cast<uint64_t>(std::max<int64_t>(time.count(), 0));
    ++counts_.at(index(value));
    ++count_;
    largest_ = std::max(largest_, value);
  }

  [[nodiscard]] uint64_t count() const { return count_; }
  [[nodiscard]] double largest_us() const {
    return static_cast<double>(largest_) / 1e3;
  }

  /// The middle of the bucket below which `share` of all lies, in µs; 0 when
  /// nothing was recorded.
  [[nodiscard]] double at_us(double share) const {
    const auto wanted = std::max<uint64_t>(
      1, static_cast<uint64_t>(share * static_cast<double>(count_) + 0.5));
    uint64_t below = 0;
    for (size_t i = 0; i < counts_.size(); ++i)
      if ((below += counts_[i]) >= wanted)
        return middle(i) / 1e3;
    return 0;
  }

private:
  /// Exact below 128; above it seven bits of mantissa, the first always set.
  static size_t index(uint64_t value) {
    const auto width = std::bit_width(value);
    const auto shift = static_cast<unsigned>(width > 7 ? width - 7 : 0);
    return size_t{shift} * 64 + (value >> shift);
  }

  static double middle(size_t index) {
    if (index < 128)
      return static_cast<double>(index);
    const auto shift = index / 64 - 1;
    const auto width = static_cast<double>(uint64_t{1} << shift);
    return (static_cast<double>(index % 64 + 64) + 0.5) * width;
  }

  std::array<uint64_t, 64 * 60> counts_{};
  uint64_t count_ = 0;
  uint64_t largest_ = 0;
};

} // namespace trivium::bench

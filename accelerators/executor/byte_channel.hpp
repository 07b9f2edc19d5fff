#pragma once

#include "messages/values/ec.hpp"

#include <cstddef>
#include <span>

namespace trivium::accelerators {

/// A two-way stream of bytes with someone at the other end.
class byte_channel {
public:
  virtual ~byte_channel() = default;

  /// Fills `out`. The error says why the rest will never come.
  [[nodiscard]] virtual expected<void> read(std::span<std::byte> out) = 0;

  /// Hands over all of `bytes`. That the other end is gone is for the read
  /// that follows to say: it may have left an answer.
  [[nodiscard]] virtual expected<void>
  write(std::span<const std::byte> bytes) = 0;
};

/// The worker's end: blocks for as long as it takes. Does not own `descriptor`.
class descriptor_channel final : public byte_channel {
public:
  explicit descriptor_channel(int descriptor) : descriptor_(descriptor) {}

  [[nodiscard]] expected<void> read(std::span<std::byte> out) override;
  [[nodiscard]] expected<void> write(std::span<const std::byte> bytes) override;

private:
  int descriptor_;
};

} // namespace trivium::accelerators

#pragma once

#include "accelerators/tile.hpp"
#include "messages/values/ec.hpp"

#include <memory>
#include <string>
#include <vector>

namespace trivium::accelerators {

struct device_info {
  std::string kind;   ///< "cpu", "cuda", "npu".
  std::string name;   ///< "AMD EPYC, x86-64-v3".
  uint32_t lanes = 1; ///< How many calls run at once.
  uint64_t memory_bytes = 0;
  std::string absence; ///< Why it cannot be used; empty when it can.
};

/// Runs tiles in order. One thread at a time; never shared.
class lane {
public:
  virtual ~lane() = default;

  /// Computes the tile and returns when its outputs are complete. May block:
  /// call from a detached actor only. Errors: unsupported, unavailable (device
  /// lost: the tile may be run again elsewhere).
  [[nodiscard]] virtual expected<tile_outcome> run(const tile_call& call) = 0;
};

class device {
public:
  virtual ~device() = default;
  [[nodiscard]] virtual device_info info() const = 0;
  [[nodiscard]] virtual expected<std::unique_ptr<lane>> open_lane() = 0;
};

/// Every device of this machine that works, the CPU first.
[[nodiscard]] std::vector<std::shared_ptr<device>> probe_devices();

/// Those that work and those that do not, with the reason.
[[nodiscard]] std::vector<device_info> device_report();

} // namespace trivium::accelerators

#pragma once

#include "accelerators/cpu/kernel_table.hpp"
#include "accelerators/device.hpp"

namespace trivium::accelerators {

/// Runs tiles on the calling thread. Neither allocates nor keeps anything
/// between calls; results do not depend on the thread's rounding mode or
/// flush-to-zero bits, which are restored.
class cpu_lane final : public lane {
public:
  explicit cpu_lane(const kernel_table& kernels) : kernels_(kernels) {}

  /// Error: invalid_argument, see `check`.
  [[nodiscard]] expected<tile_outcome> run(const tile_call& call) override;

private:
  const kernel_table& kernels_;
};

} // namespace trivium::accelerators

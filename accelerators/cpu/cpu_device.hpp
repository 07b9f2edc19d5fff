#pragma once

#include "accelerators/cpu/cpu_level.hpp"
#include "accelerators/device.hpp"

namespace trivium::accelerators {

/// The processor, with kernels of `level`. Any number of lanes may be opened;
/// `info().lanes` says how many run at once. Error: unsupported.
[[nodiscard]] expected<std::shared_ptr<device>>
make_cpu_device(cpu_level level);

/// The level that TRIVIUM_CPU_LEVEL names, else the best. Errors: see
/// choose_cpu_level.
[[nodiscard]] expected<std::shared_ptr<device>> probe_cpu_device();

} // namespace trivium::accelerators

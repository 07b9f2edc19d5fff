#pragma once

#include <cstdint>
#include <filesystem>

namespace trivium::accelerators {

/// Processors that this process may keep busy, at least 1: those of its
/// affinity, at most what the container's quota under `cgroup` (v2, else v1)
/// pays for, rounded up.
[[nodiscard]] uint32_t
usable_cores(const std::filesystem::path& cgroup = "/sys/fs/cgroup");

} // namespace trivium::accelerators

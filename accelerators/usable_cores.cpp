#include "accelerators/usable_cores.hpp"

#include <algorithm>
#include <fstream>
#include <sched.h>
#include <unistd.h>

namespace trivium::accelerators {

namespace {

/// 0 = no limit known.
uint32_t quota_cores(const std::filesystem::path& cgroup) {
  double quota = 0;
  double period = 0;
  // "max 100000" (no limit) does not parse as a number.
  if (std::ifstream v2{cgroup / "cpu.max"}; v2 >> quota >> period) {
  } else {
    std::ifstream{cgroup / "cpu" / "cpu.cfs_quota_us"} >> quota;
    std::ifstream{cgroup / "cpu" / "cpu.cfs_period_us"} >> period;
  }
  if (quota <= 0 || period <= 0)
    return 0;
  return static_cast<uint32_t>(
    std::min(65536.0, (quota + period - 1) / period));
}

} // namespace

uint32_t usable_cores(const std::filesystem::path& cgroup) {
  cpu_set_t set;
  CPU_ZERO(&set);
  uint32_t cores = 0;
  if (::sched_getaffinity(0, sizeof set, &set) == 0)
    cores = static_cast<uint32_t>(CPU_COUNT(&set));
  else // more processors than a cpu_set_t can name
    cores =
      static_cast<uint32_t>(std::max(1L, ::sysconf(_SC_NPROCESSORS_ONLN)));
  if (const auto quota = quota_cores(cgroup); quota != 0)
    cores = std::min(cores, quota);
  return std::max(cores, 1U);
}

} // namespace trivium::accelerators

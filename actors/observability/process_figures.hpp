#pragma once

#include <cstdint>

namespace trivium::actors {

/// What this process takes of the machine, of /proc/self; 0 where unknown.
struct process_usage {
  uint64_t rss_bytes = 0;
  double cpu_seconds = 0;
};

[[nodiscard]] process_usage process_figures();

} // namespace trivium::actors

#include "actors/observability/process_figures.hpp"

#include <cstdio>
#include <sys/resource.h>
#include <unistd.h>

namespace trivium::actors {

process_usage process_figures() {
  process_usage found;
  rusage usage{};
  if (::getrusage(RUSAGE_SELF, &usage) == 0) {
    const auto seconds = [](const timeval& time) {
      return static_cast<double>(time.tv_sec)
             + static_cast<double>(time.tv_usec) / 1e6;
    };
    found.cpu_seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  }
  if (auto* const file = std::fopen("/proc/self/statm", "re")) {
    unsigned long long size = 0;
    unsigned long long resident = 0;
    if (std::fscanf(file, "%llu %llu", &size, &resident) == 2)
      found.rss_bytes = resident * static_cast<uint64_t>(::getpagesize());
    std::fclose(file);
  }
  return found;
}

} // namespace trivium::actors

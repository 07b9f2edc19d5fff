#include "storage/metadata/boot_clock.hpp"

#include <ctime>
#include <fstream>
#include <unistd.h>

namespace trivium::storage {

uint64_t uptime_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000
         + static_cast<uint64_t>(now.tv_nsec);
}

std::string boot_id() {
  std::string id;
  std::getline(std::ifstream{"/proc/sys/kernel/random/boot_id"}, id);
  return id.empty()
           ? std::to_string(::getpid()) + "-" + std::to_string(uptime_ns())
           : id;
}

} // namespace trivium::storage

#include "accelerators/cpu/cpu_device.hpp"

#include "accelerators/cpu/cpu_lane.hpp"
#include "accelerators/usable_cores.hpp"
#include "messages/values/names.hpp"

#include <cstdlib>
#include <cstring>
#include <string>
#include <unistd.h>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace trivium::accelerators {

namespace {

/// The brand string of CPUID leaves 0x80000002–4.
std::string processor_name() {
#if defined(__x86_64__)
  uint32_t words[12] = {};
  for (uint32_t leaf = 0; leaf < 3; ++leaf)
    if (__get_cpuid(0x80000002U + leaf, words + 4 * leaf, words + 4 * leaf + 1,
                    words + 4 * leaf + 2, words + 4 * leaf + 3)
        == 0)
      return "x86-64 processor";
  char text[sizeof words + 1] = {};
  std::memcpy(text, words, sizeof words);
  const std::string name{text};
  const auto begin = name.find_first_not_of(' ');
  if (begin == std::string::npos)
    return "x86-64 processor";
  return printable(name.substr(begin, name.find_last_not_of(' ') - begin + 1));
#else
  return "processor";
#endif
}

uint64_t memory_bytes() {
  const auto pages = ::sysconf(_SC_PHYS_PAGES);
  const auto page = ::sysconf(_SC_PAGESIZE);
  if (pages <= 0 || page <= 0)
    return 0;
  return static_cast<uint64_t>(pages) * static_cast<uint64_t>(page);
}

class cpu_device final : public device {
public:
  explicit cpu_device(cpu_level level) : level_(level) {}

  [[nodiscard]] device_info info() const override {
    return {"cpu",
            processor_name() + ", " + std::string{to_string(level_)},
            usable_cores(),
            memory_bytes(),
            {}};
  }

  [[nodiscard]] expected<std::unique_ptr<lane>> open_lane() override {
    return std::make_unique<cpu_lane>(kernels(level_));
  }

private:
  cpu_level level_;
};

} // namespace

expected<std::shared_ptr<device>> make_cpu_device(cpu_level level) {
  if (!is_supported(level))
    return fail(ec::unsupported,
                "this CPU cannot run level " + std::string{to_string(level)});
  return std::make_shared<cpu_device>(level);
}

expected<std::shared_ptr<device>> probe_cpu_device() {
  const char* forced = std::getenv("TRIVIUM_CPU_LEVEL");
  auto level = choose_cpu_level(forced == nullptr ? "" : forced);
  if (!level)
    return fail(level.error().code, "TRIVIUM_CPU_LEVEL: " + level.error().text);
  return make_cpu_device(*level);
}

} // namespace trivium::accelerators

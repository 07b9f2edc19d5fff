#include "accelerators/cpu/cpu_level.hpp"

#include "messages/values/names.hpp"

#include <array>
#include <string>

namespace trivium::accelerators {

namespace {

#if defined(__x86_64__)
constexpr std::array levels{cpu_level::baseline, cpu_level::x86_64_v3,
                            cpu_level::x86_64_v4};
#else
constexpr std::array levels{cpu_level::baseline};
#endif

} // namespace

std::span<const cpu_level> cpu_levels() { return levels; }

std::string_view to_string(cpu_level level) {
  switch (level) {
  case cpu_level::x86_64_v3:
    return "x86-64-v3";
  case cpu_level::x86_64_v4:
    return "x86-64-v4";
  case cpu_level::baseline:
    break;
  }
#if defined(__x86_64__)
  return "x86-64";
#else
  return "generic";
#endif
}

bool is_supported(cpu_level level) {
#if defined(__x86_64__)
  // Feature by feature, as clang 14 does not know the levels' names. CPUs with
  // AVX2 have all else of v3 (F16C, LZCNT, MOVBE). The builtin also asks
  // whether the operating system keeps the wide registers.
  const bool has_v3 =
    __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")
    && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
  if (level == cpu_level::x86_64_v3)
    return has_v3;
  if (level == cpu_level::x86_64_v4)
    return has_v3 && __builtin_cpu_supports("avx512f")
           && __builtin_cpu_supports("avx512bw")
           && __builtin_cpu_supports("avx512cd")
           && __builtin_cpu_supports("avx512dq")
           && __builtin_cpu_supports("avx512vl");
#endif
  return level == cpu_level::baseline;
}

expected<cpu_level> choose_cpu_level(std::string_view forced) {
  auto best = cpu_level::baseline;
  std::string known;
  for (const auto level : levels) {
    if (is_supported(level))
      best = level;
    if (forced == to_string(level)) {
      if (is_supported(level))
        return level;
      return fail(ec::unsupported,
                  "this CPU cannot run level " + std::string{forced});
    }
    known += (known.empty() ? "" : ", ") + std::string{to_string(level)};
  }
  if (forced.empty())
    return best;
  return fail(ec::invalid_argument, "unknown CPU level \"" + printable(forced)
                                      + "\"; this build has " + known);
}

const kernel_table& kernels(cpu_level level) {
#if defined(__x86_64__)
  if (level == cpu_level::x86_64_v4)
    return kernels_x86_64_v4;
  if (level == cpu_level::x86_64_v3)
    return kernels_x86_64_v3;
#endif
  static_cast<void>(level);
  return kernels_baseline;
}

} // namespace trivium::accelerators

#pragma once

#include "accelerators/cpu/kernel_table.hpp"
#include "messages/values/ec.hpp"

#include <span>
#include <string_view>

namespace trivium::accelerators {

/// Instruction sets that the kernels are compiled for; results are equal, byte
/// for byte. Where the machine is not x86-64 only `baseline` exists.
enum class cpu_level : uint8_t { baseline, x86_64_v3, x86_64_v4 };

/// Every level of this build, the plainest first.
[[nodiscard]] std::span<const cpu_level> cpu_levels();

/// "x86-64", "x86-64-v3", "x86-64-v4"; "generic" where the machine is another.
[[nodiscard]] std::string_view to_string(cpu_level level);

/// True when this CPU and its kernel can run `level`.
[[nodiscard]] bool is_supported(cpu_level level);

/// The level named `forced`, or the best one that is supported when `forced`
/// is empty. Errors: invalid_argument for a name that this build does not
/// have, unsupported when the CPU lacks it.
[[nodiscard]] expected<cpu_level> choose_cpu_level(std::string_view forced);

[[nodiscard]] const kernel_table& kernels(cpu_level level);

} // namespace trivium::accelerators

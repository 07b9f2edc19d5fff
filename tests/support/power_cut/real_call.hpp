#pragma once

#include <dlfcn.h>
#include <type_traits>

namespace trivium::test::power_cut {

/// The kernel's call, past all functions that stand in place of libc's; -1
/// with errno set where it fails.
template <class... Ts>
long real_call(long number, Ts... arguments) {
  using entry = long (*)(long, ...);
  static const auto own =
    reinterpret_cast<entry>(::dlsym(RTLD_NEXT, "syscall"));
  const auto word = [](auto value) {
    if constexpr (std::is_pointer_v<decltype(value)>)
      return reinterpret_cast<long>(value);
    else
      return static_cast<long>(value);
  };
  return own(number, word(arguments)...);
}

} // namespace trivium::test::power_cut

#pragma once

#include "actors/client/client.hpp"
#include "messages/values/json_writer.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>

namespace trivium::test {

/// What scripts start: programs that end with one line on stderr at the first
/// thing that is not as it must be.
template <class... Words>
[[noreturn]] void give_up(const char* format, const Words&... words) {
  if constexpr (sizeof...(words) == 0)
    std::fputs(format, stderr);
  else
    std::fprintf(stderr, format, words...);
  std::fputc('\n', stderr);
  std::fflush(nullptr);
  std::_Exit(1);
}

template <class T>
T must(expected<T> result, const char* what) {
  if (!result)
    give_up("%s: %s: %s", what,
            std::string{to_string(result.error().code)}.c_str(),
            result.error().text.c_str());
  if constexpr (!std::is_void_v<T>)
    return std::move(*result);
}

inline std::unique_ptr<client>
connected(const char* store,
          std::chrono::milliseconds limit = std::chrono::seconds{20}) {
  client_options options;
  options.store = store;
  options.name = "test client";
  options.connect_limit = limit;
  return must(client::connect(options), "connect");
}

/// One line of JSON.
inline void say(const json_writer& json) {
  std::printf("%s\n", json.text().c_str());
  std::fflush(stdout);
}

} // namespace trivium::test

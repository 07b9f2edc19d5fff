#include "tools/measure/registry/commands.hpp"
#include "tools/measure/registry/histogram.hpp"

#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <string>
#include <system_error>
#include <unistd.h>

namespace trivium::bench {

namespace {

constexpr size_t record_bytes = 400;

[[noreturn]] void give_up(const std::string& what) {
  throw std::system_error{errno, std::generic_category(), what};
}

} // namespace

int probe_disk(words arguments) {
  if (arguments.size() != 2)
    return 2;
  const auto path = std::string{arguments[0]} + "/probe_disk";
  const std::chrono::duration<double> length{std::atof(arguments[1])};
  const auto file = ::open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600);
  if (file < 0)
    give_up(path);
  const std::string record(record_bytes, 'x');
  histogram times;
  const auto begin = steady::now();
  auto now = begin;
  while (now - begin < length) {
    const auto written = ::write(file, record.data(), record.size());
    if (written != static_cast<ssize_t>(record.size())
        || ::fdatasync(file) != 0)
      give_up(path);
    const auto then = now;
    now = steady::now();
    times.record(now - then);
  }
  ::close(file);
  ::unlink(path.c_str());
  std::printf("{\"per_second\":%.1f,\"p50_us\":%.1f,\"p99_us\":%.1f}\n",
              static_cast<double>(times.count())
                / std::chrono::duration<double>(now - begin).count(),
              times.at_us(0.5), times.at_us(0.99));
  return 0;
}

} // namespace trivium::bench

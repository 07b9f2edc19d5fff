// How soon a node answers `status`:  bench_answers STORE SECONDS
// One JSON line: calls, p50 and p99 in milliseconds, connection included never.

#include "actors/client/client.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

int main(int argc, char** argv) {
  if (argc != 3)
    return 2;
  using steady = std::chrono::steady_clock;
  auto client = trivium::client::connect({argv[1], {}, "default", "bench"});
  if (!client) {
    std::fprintf(stderr, "%s\n", client.error().text.c_str());
    return 1;
  }
  std::vector<double> all;
  size_t busy_lanes = 0;
  const auto until = steady::now() + std::chrono::seconds{std::atoi(argv[2])};
  while (steady::now() < until) {
    const auto begin = steady::now();
    const auto status = (*client)->status();
    if (!status) {
      std::fprintf(stderr, "%s\n", status.error().text.c_str());
      return 1;
    }
    all.push_back(
      std::chrono::duration<double, std::milli>(steady::now() - begin).count());
    for (const auto& lane : status->lanes)
      busy_lanes += lane.is_busy ? 1 : 0;
    // As a person's tool would ask, not as fast as possible.
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
  }
  std::sort(all.begin(), all.end());
  const auto at = [&](double share) {
    return all[static_cast<size_t>(share
                                   * static_cast<double>(all.size() - 1))];
  };
  std::printf("{\"calls\":%zu,\"busy_lanes\":%.2f,\"p50_ms\":%.3f,"
              "\"p99_ms\":%.3f,\"max_ms\":%.3f}\n",
              all.size(),
              static_cast<double>(busy_lanes) / static_cast<double>(all.size()),
              at(0.5), at(0.99), all.back());
  return 0;
}

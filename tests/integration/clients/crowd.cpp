// Many clients at once, each a session of its own in this process, each with a
// number of calls. Every call must be answered.
//
// client_crowd STORE CLIENTS CALLS; prints latencies in milliseconds.

#include "tests/integration/clients/client_program.hpp"

#include <algorithm>
#include <barrier>
#include <mutex>
#include <thread>
#include <vector>

using namespace trivium;
using namespace trivium::test;

namespace {

/// The calls that cost a node most to least, in turn.
void call(client& node, int which) {
  switch (which % 4) {
  case 0:
    must(node.status(), "status");
    break;
  case 1:
    must(node.models(), "models");
    break;
  case 2:
    must(node.jobs(), "jobs");
    break;
  default:
    must(node.actors(), "actors");
    break;
  }
}

} // namespace

int main(int count, char** words) {
  using steady = std::chrono::steady_clock;
  if (count != 4)
    return 2;
  const auto clients = std::atoi(words[2]);
  const auto calls = std::atoi(words[3]);
  std::mutex mutex;
  std::vector<double> latencies;
  std::barrier all_connected{clients};
  std::vector<std::thread> crowd;
  for (int i = 0; i < clients; ++i)
    crowd.emplace_back([&] {
      const auto node = connected(words[1], std::chrono::seconds{60});
      all_connected.arrive_and_wait();
      std::vector<double> own;
      for (int which = 0; which < calls; ++which) {
        const auto begin = steady::now();
        call(*node, which);
        own.push_back(
          std::chrono::duration<double, std::milli>(steady::now() - begin)
            .count());
      }
      const std::lock_guard hold{mutex};
      latencies.insert(latencies.end(), own.begin(), own.end());
    });
  for (auto& one : crowd)
    one.join();
  std::sort(latencies.begin(), latencies.end());
  json_writer json;
  json.object([&] {
    json.member("calls", latencies.size());
    json.member("p50_ms", latencies.at(latencies.size() / 2));
    json.member("p99_ms", latencies.at(latencies.size() * 99 / 100));
    json.member("max_ms", latencies.back());
  });
  say(json);
  return 0;
}

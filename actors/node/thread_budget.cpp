#include "actors/node/thread_budget.hpp"

#include <exception>
#include <latch>
#include <string>
#include <thread>
#include <vector>

namespace trivium::actors {

expected<void> require_threads(size_t count) {
  std::latch all_tried{1};
  std::vector<std::thread> threads;
  error failure{ec::none, {}};
  try {
    threads.reserve(count);
    while (threads.size() < count)
      threads.emplace_back([&] { all_tried.wait(); });
  } catch (const std::exception& e) {
    failure = {ec::resource_exhausted,
               "cannot start " + std::to_string(count) + " threads, only "
                 + std::to_string(threads.size()) + ": " + e.what()
                 + "; see `ulimit -u` and the memory limits"};
  }
  all_tried.count_down();
  for (auto& thread : threads)
    thread.join();
  return failure.code == ec::none ? expected<void>{} : fail(failure);
}

} // namespace trivium::actors

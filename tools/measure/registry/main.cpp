// What tools/measure/registry/registry.py starts:
//
//   bench_registry disk FOLDER SECONDS
//   bench_registry rocksdb FOLDER SECONDS
//   bench_registry echo
//   bench_registry load TARGET OPERATION ADDRESS [NAME=VALUE…]

#include "tools/measure/registry/commands.hpp"

#include <absl/synchronization/mutex.h>

#include <cstdio>
#include <cstring>
#include <exception>

using namespace trivium::bench;

namespace {

struct command {
  const char* name;
  int (*run)(words);
};

constexpr command commands[] = {{"disk", probe_disk},
                                {"rocksdb", probe_rocksdb},
                                {"echo", serve_echo},
                                {"load", run_load}};

} // namespace

int main(int argc, char** argv) {
  // Debian's gRPC looks for deadlocks at each lock it takes: a sixth of the
  // processor time of a call.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  for (const auto& [name, run] : commands)
    if (argc >= 2 && std::strcmp(argv[1], name) == 0)
      try {
        if (const auto code = run({argv + 2, static_cast<size_t>(argc - 2)});
            code != 2)
          return code;
      } catch (const std::exception& e) {
        std::fprintf(stderr, "%s: %s\n", name, e.what());
        return 1;
      }
  std::fprintf(stderr, "see the head of tools/measure/registry/main.cpp\n");
  return 2;
}

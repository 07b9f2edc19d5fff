#include "tests/chaos/simulation/oracle.hpp"
#include "tests/chaos/simulation/planted.hpp"
#include "tests/chaos/simulation/workload.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

/// Runs the registry's actors seed by seed. Exit status: 0 nothing found, 1
/// found (and how to see it again), 2 wrong use.

using namespace trivium;
using namespace trivium::test;

namespace {

struct options {
  uint64_t first = 1;
  uint64_t seeds = 1;
  int plant = 0;
};

std::vector<std::string> complaints_of(uint64_t seed) {
  random_source random{seed};
  world node{random};
  work(node, random);
  return oracle{node}.complaints();
}

bool read_options(int argc, char** argv, options& wanted) {
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    char* end = nullptr;
    const auto value = std::strtoull(argv[i + 1], &end, 10);
    if (*argv[i + 1] == '\0' || *end != '\0')
      return false;
    if (name == "--seeds")
      wanted.seeds = value;
    else if (name == "--first" || name == "--seed")
      wanted.first = value;
    else if (name == "--plant")
      wanted.plant = static_cast<int>(value);
    else
      return false;
  }
  return argc % 2 == 1;
}

} // namespace

int main(int argc, char** argv) {
  options wanted;
  if (!read_options(argc, argv, wanted)) {
    std::fprintf(stderr,
                 "usage: %s [--first SEED] [--seeds N] [--seed SEED] "
                 "[--plant N]\n",
                 argv[0]);
    return 2;
  }
  planted_bug = wanted.plant;
  for (auto seed = wanted.first; seed < wanted.first + wanted.seeds; ++seed) {
    const auto complaints = complaints_of(seed);
    if (complaints.empty())
      continue;
    std::printf("seed %llu:\n", static_cast<unsigned long long>(seed));
    for (const auto& one : complaints)
      std::printf("  %s\n", one.c_str());
    std::printf("again: %s --seed %llu", argv[0],
                static_cast<unsigned long long>(seed));
    if (wanted.plant != 0)
      std::printf(" --plant %d", wanted.plant);
    std::printf("\n");
    return 1;
  }
  return 0;
}

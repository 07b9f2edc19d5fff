// A graph runtime for tests: the first word of its "model" file says how it
// behaves, or the word behind "behave:" anywhere in it; that behind
// "quantized-behave:" says it for a graph that dequantizes. Loaded only when
// $TRIVIUM_OPENVINO_PLUGIN names it.

#include "accelerators/executor/graph_runtime.hpp"

#include <algorithm>
#include <csignal>
#include <cstring>
#include <dirent.h>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>
#include <sys/resource.h>
#include <unistd.h>

extern char** environ;

namespace {

using namespace trivium;
using namespace trivium::accelerators;

template <class T>
tensor_value vector_of(std::string name, tensor_type type,
                       const std::vector<T>& values) {
  tensor_value made{std::move(name), type, {values.size()}, {}};
  made.bytes.resize(values.size() * sizeof(T));
  std::memcpy(made.bytes.data(), values.data(), made.bytes.size());
  return made;
}

[[noreturn]] void die_of(int number) {
  std::signal(number, SIG_DFL); // a sanitizer may have taken it
  ::raise(number);
  ::_exit(1);
}

[[noreturn]] void hang() {
  for (;;)
    ::pause();
}

[[noreturn]] void eat_memory() {
  for (;;) {
    auto* const piece = new char[size_t{64} << 20];
    std::memset(piece, 1, size_t{64} << 20);
    // The compiler may not prove the piece away.
    asm volatile("" : : "r"(piece) : "memory");
  }
}

uint64_t limit_of(decltype(RLIMIT_CORE) resource) {
  rlimit limit{};
  ::getrlimit(resource, &limit);
  return limit.rlim_cur;
}

/// Descriptors besides the standard three, the worker's socket and the one that
/// lists them.
int64_t foreign_descriptors() {
  int64_t count = 0;
  auto* const folder = ::opendir("/proc/self/fd");
  while (const auto* entry = ::readdir(folder))
    count += entry->d_name[0] != '.' && std::atoi(entry->d_name) > 2;
  ::closedir(folder);
  return count - 2;
}

std::vector<tensor_value> surroundings() {
  std::string variables;
  for (char** variable = environ; *variable != nullptr; ++variable)
    variables += std::string{*variable} + "\n";
  return {vector_of<uint64_t>("limits", tensor_type::u64,
                              {limit_of(RLIMIT_CORE), limit_of(RLIMIT_FSIZE),
                               limit_of(RLIMIT_DATA), limit_of(RLIMIT_CPU)}),
          vector_of<int64_t>("foreign_descriptors", tensor_type::i64,
                             {foreign_descriptors()}),
          vector_of<uint8_t>("environment", tensor_type::u8,
                             {variables.begin(), variables.end()})};
}

/// Leaves a child that would outlive the worker; says its id.
std::vector<tensor_value> spawned_child() {
  const auto pid = ::fork();
  if (pid == 0)
    hang();
  return {vector_of<int64_t>("pid", tensor_type::i64, {pid})};
}

class fake_graph final : public loaded_graph {
public:
  explicit fake_graph(std::string behaviour)
    : behaviour_(std::move(behaviour)) {}

  [[nodiscard]] std::string precision() const override { return "f32"; }

  [[nodiscard]] expected<std::vector<tensor_value>>
  run(const graph_case& feeds) override {
    if (behaviour_ == "crash")
      die_of(SIGSEGV);
    if (behaviour_ == "abort") {
      std::cerr << "terminate called: fake invariant broken\n" << std::flush;
      die_of(SIGABRT);
    }
    if (behaviour_ == "hang")
      hang();
    if (behaviour_ == "eat_memory")
      eat_memory();
    if (behaviour_ == "exit")
      ::_exit(3);
    if (behaviour_ == "surroundings")
      return surroundings();
    if (behaviour_ == "spawn")
      return spawned_child();
    if (behaviour_ == "print")
      std::cout << std::string(200'000, 'x') << std::flush;
    return std::vector<tensor_value>{feeds.begin(), feeds.end()};
  }

private:
  std::string behaviour_;
};

std::string behaviour_in(const std::filesystem::path& model) {
  constexpr std::string_view mark = "behave:";
  std::ifstream file{model};
  const std::string content{std::istreambuf_iterator<char>{file}, {}};
  const auto found = content.find(mark);
  if (content.find("quantized-behave:") != std::string::npos
      && content.find("DequantizeLinear") == std::string::npos)
    return "well";
  std::istringstream words{
    found == std::string::npos ? content : content.substr(found + mark.size())};
  std::string behaviour;
  words >> behaviour;
  return behaviour;
}

class fake_runtime final : public graph_runtime {
public:
  [[nodiscard]] expected<executor_info> info() override {
    executor_info info;
    info.name = "fake runtime";
    info.exact_precision = "f32";
    info.deployed_precision = "bf16";
    return info;
  }

  [[nodiscard]] expected<std::unique_ptr<loaded_graph>>
  load(const std::filesystem::path& model, execution_mode, uint32_t) override {
    const auto behaviour = behaviour_in(model);
    if (behaviour == "refuse")
      return fail(ec::invalid_argument, "no such operator: Frobnicate");
    if (behaviour == "claim_cancelled")
      return fail(ec::cancelled, "a worker does not know that");
    if (behaviour == "throw")
      throw std::runtime_error{"a fault of the fake"};
    return std::make_unique<fake_graph>(behaviour);
  }
};

} // namespace

uint32_t trivium_runtime_abi() { return runtime_abi; }

graph_runtime* trivium_open_runtime(const char**) { return new fake_runtime; }

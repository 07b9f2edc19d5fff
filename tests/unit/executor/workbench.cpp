#include "tests/unit/executor/workbench.hpp"

#include <cstdlib>
#include <fstream>
#include <sys/wait.h>

namespace trivium::accelerators::test {

workbench::workbench(const std::string& plugin)
  : executor_(make_child_executor(EXECUTOR_WORKER)) {
  request.time_limit = std::chrono::seconds{60};
  ::setenv("TRIVIUM_OPENVINO_PLUGIN", plugin.c_str(), 1);
}

workbench::~workbench() { ::unsetenv("TRIVIUM_OPENVINO_PLUGIN"); }

std::filesystem::path workbench::file(std::string_view name,
                                      std::string_view content) const {
  const auto path = folder() / name;
  std::ofstream{path, std::ios::binary} << content;
  return path;
}

expected<graph_outcome> workbench::run(const std::filesystem::path& model,
                                       const graph_case& feeds,
                                       execution_mode mode) {
  request.model = model;
  request.mode = mode;
  request.cases = {feeds};
  return executor_->run(request, cancel);
}

size_t open_descriptors() {
  size_t count = 0;
  for ([[maybe_unused]] const auto& entry :
       std::filesystem::directory_iterator{"/proc/self/fd"})
    ++count;
  return count;
}

bool has_children() {
  siginfo_t info{};
  return ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

} // namespace trivium::accelerators::test

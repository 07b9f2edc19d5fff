#pragma once

#include "accelerators/executor/executor.hpp"
#include "tests/support/temporary_folder.hpp"

#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace trivium::accelerators::test {

/// A temporary folder for models, an executor over the test's worker, and a
/// count of what a run leaves behind.
class workbench {
public:
  /// `plugin` is what the worker loads.
  explicit workbench(const std::string& plugin);
  ~workbench();
  workbench(const workbench&) = delete;
  workbench& operator=(const workbench&) = delete;

  /// Writes `content` into the folder. Returns its path.
  [[nodiscard]] std::filesystem::path file(std::string_view name,
                                           std::string_view content) const;

  /// Runs `model` on `feeds` as one case.
  [[nodiscard]] expected<graph_outcome>
  run(const std::filesystem::path& model, const graph_case& feeds,
      execution_mode mode = execution_mode::exact);

  [[nodiscard]] const std::filesystem::path& folder() const {
    return folder_.path();
  }
  [[nodiscard]] executor& under_test() { return *executor_; }
  void use(const std::filesystem::path& program) {
    executor_ = make_child_executor(program);
  }

  graph_request request; ///< Limits for `run`; model and cases are replaced.
  cancel_token cancel;

private:
  trivium::test::temporary_folder folder_;
  std::unique_ptr<executor> executor_;
};

/// Open descriptors of this process.
[[nodiscard]] size_t open_descriptors();

/// True when this process has a child, running or dead.
[[nodiscard]] bool has_children();

template <class T>
tensor_value tensor(std::string name, tensor_type type, tensor_shape shape,
                    const std::vector<T>& values) {
  tensor_value made{std::move(name), type, std::move(shape), {}};
  made.bytes.resize(values.size() * sizeof(T));
  if (!values.empty())
    std::memcpy(made.bytes.data(), values.data(), made.bytes.size());
  return made;
}

template <class T>
std::vector<T> values_of(const tensor_value& tensor) {
  std::vector<T> values(tensor.bytes.size() / sizeof(T));
  if (!values.empty())
    std::memcpy(values.data(), tensor.bytes.data(), tensor.bytes.size());
  return values;
}

} // namespace trivium::accelerators::test

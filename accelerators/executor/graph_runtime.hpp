#pragma once

#include "accelerators/executor/executor.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace trivium::accelerators {

/// A graph that a runtime has compiled. Used by one thread.
class loaded_graph {
public:
  virtual ~loaded_graph() = default;

  /// What the runtime computes in: "f32", "bf16".
  [[nodiscard]] virtual std::string precision() const = 0;

  /// One run. Values are matched to the graph's inputs by name; outputs come in
  /// the graph's order. Errors: invalid_argument (a feed is missing, unknown,
  /// or of another type or shape; the runtime's words), resource_exhausted.
  [[nodiscard]] virtual expected<std::vector<tensor_value>>
  run(const graph_case& feeds) = 0;
};

/// Something that runs graphs, inside the worker's process. May crash, hang and
/// print: the worker is built for it.
class graph_runtime {
public:
  virtual ~graph_runtime() = default;

  /// `cpu` and `absence` stay empty.
  [[nodiscard]] virtual expected<executor_info> info() = 0;

  /// Errors: invalid_argument with the runtime's words, resource_exhausted.
  [[nodiscard]] virtual expected<std::unique_ptr<loaded_graph>>
  load(const std::filesystem::path& model, execution_mode mode,
       uint32_t threads) = 0;
};

/// Raised whenever a class above changes: a plugin of another number is
/// refused.
inline constexpr uint32_t runtime_abi = 1;

} // namespace trivium::accelerators

// What a plugin exports.
extern "C" {
/// Its runtime_abi.
uint32_t trivium_runtime_abi();
/// A runtime, or null with `*reason` set to text that lives as long as the
/// plugin. The caller deletes it.
trivium::accelerators::graph_runtime* trivium_open_runtime(const char** reason);
}

#pragma once

#include "messages/values/ec.hpp"
#include "messages/values/envelope.hpp"
#include "messages/values/tensor_value.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace trivium::accelerators {

/// exact: f32 arithmetic, no dynamic quantization: shows the weights' error.
/// deployed: the runtime's defaults: what a user of it will see.
enum class execution_mode : uint8_t { exact, deployed };

/// One feed of a graph: a value for every input.
using graph_case = std::vector<tensor_value>;

/// Of one conversation with the child.
struct graph_limits {
  std::chrono::seconds time{120};
  uint64_t memory_bytes = uint64_t{4} << 30;
};

struct graph_request {
  std::filesystem::path model; ///< ONNX file; external data beside it.
  execution_mode mode = execution_mode::exact;
  std::vector<graph_case> cases;
  /// Timed runs of the first case after one warm-up; 0 = no latency.
  uint32_t latency_runs = 0;
  std::chrono::seconds time_limit{0}; ///< 0: the executor's own limit.
  uint64_t memory_limit_bytes = 0;    ///< The same.
};

struct graph_outcome {
  std::vector<std::vector<tensor_value>> outputs; ///< One list a case.
  double latency_ms = 0;                          ///< Median of the timed runs.
  double load_ms = 0;
  std::string precision; ///< What the runtime computed this graph in: "f32".
};

struct executor_info {
  std::string name;               ///< "OpenVINO 2026.4.1"
  std::string cpu;                ///< Model name of the processor.
  std::string exact_precision;    ///< "f32"
  std::string deployed_precision; ///< What the runtime chose: "f32", "bf16".
  std::string absence;            ///< Why it cannot run; empty when it can.
};

/// Runs graphs in a child process (`trivium executor-worker`), so that a parser
/// crash, a hang or a huge graph takes only the child down.
class executor {
public:
  virtual ~executor() = default;

  [[nodiscard]] virtual executor_info info() = 0;

  /// Blocks; watches `cancel` and kills the child within 50 ms of it. Errors:
  /// invalid_argument (the graph or a feed is refused, with the runtime's
  /// words), deadline_exceeded (hung), resource_exhausted (memory limit),
  /// internal (crashed: with the signal's name), cancelled, unavailable (no
  /// runtime).
  [[nodiscard]] virtual expected<graph_outcome>
  run(const graph_request& request, const cancel_token& cancel) = 0;
};

/// `program`: the trivium binary whose `executor-worker` subcommand is the
/// child. `limits` hold where a request names none.
[[nodiscard]] std::unique_ptr<executor>
make_child_executor(std::filesystem::path program, graph_limits limits = {});

/// Body of `trivium executor-worker`: serves requests on stdin/stdout until
/// end of file. Returns the exit code.
int executor_worker_main();

} // namespace trivium::accelerators

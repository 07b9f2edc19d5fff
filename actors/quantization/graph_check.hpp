#pragma once

#include "accelerators/executor/executor.hpp"
#include "actors/domain/gate.hpp"
#include "actors/quantization/graph_comparison.hpp"
#include "messages/values/job.hpp"
#include "messages/values/verification.hpp"
#include "storage/formats/model_source.hpp"

#include <filesystem>
#include <functional>

namespace trivium::actors {

/// What a graph check runs.
struct graph_check {
  std::filesystem::path quantized;
  std::filesystem::path source; ///< The float model, for its latency and
                                ///< where no golden outputs are.
  digest source_digest;         ///< Artifact that a golden set must name.
  std::filesystem::path golden; ///< Folder; empty: made-up inputs.
  input_hints hints;
  std::vector<tensor_signature> inputs;
  recipe_gate gate;
};

/// Called with (steps done, steps in all).
using check_progress = std::function<void(uint64_t, uint64_t)>;

/// Runs the quantized graph in exact mode against the float model's outputs
/// and judges that; then both in deployed mode, for the report. A runtime that
/// is missing or cannot take a made-up input gives `unverified`, with the
/// reason. Errors: those of the golden set; failed_precondition when it is of
/// another model; what the executor says of the quantized graph (refused,
/// crashed, hung), cancelled.
[[nodiscard]] expected<verification>
check_graph(accelerators::executor& executor, const graph_check& what,
            const cancel_token& cancel, const check_progress& report);

} // namespace trivium::actors

#pragma once

#include "messages/values/lifecycle.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace trivium {

/// How far the outputs of a graph (or of its layers) are from the reference.
struct output_figures {
  double min_sqnr_db = 0; ///< Worst output over all cases.
  double min_cosine = 0;
  double max_error = 0; ///< Largest |y − ŷ|.
  std::string worst;    ///< "output \"y\" of case line_3", or a tensor.
};

/// What checking a variant showed. Figures compare with the float model in
/// exact mode unless they say otherwise.
struct verification {
  trivium::verdict verdict = verdict::unverified;
  bool gate_met = false;
  std::vector<std::string> reasons; ///< Missed thresholds, or why unverified.
  std::optional<output_figures> exact;
  std::optional<output_figures> deployed; ///< Quantized, runtime defaults.
  std::optional<output_figures> float_deployed; ///< Float model, same defaults.
  std::optional<output_figures> layers;         ///< X·W against X·Ŵ.
  uint64_t cases = 0;
  std::string inputs;    ///< "golden set ppocr_rec", "made up, seed 1", ….
  std::string executor;  ///< "OpenVINO 2026.4.1", "oneDNN 2.6.3".
  std::string precision; ///< Of exact mode / of deployed mode.
  std::string cpu;
  double latency_before_ms = 0; ///< Float model, runtime defaults; 0 = not run.
  double latency_after_ms = 0;

  /// False where the job ended before there was anything to judge.
  [[nodiscard]] bool is_judged() const { return gate_met || !reasons.empty(); }
};

} // namespace trivium

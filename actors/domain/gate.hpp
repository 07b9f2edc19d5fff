#pragma once

#include "actors/domain/layer_figures.hpp"
#include "messages/values/lifecycle.hpp"
#include "messages/values/recipe.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace trivium::domain {

/// Where the inputs of a graph run came from.
enum class input_origin : uint8_t {
  none = 0, ///< The graph did not run in exact mode.
  made_up,  ///< Inputs of the right shape and type, without meaning.
  golden    ///< A recorded golden set.
};

/// What verification measured, all of it in exact mode. Deployed figures are
/// shown to people and never judged.
struct gate_figures {
  input_origin inputs = input_origin::none;
  std::vector<named_sums> outputs; ///< Each graph output, over all cases.
  std::vector<named_sums> layers;  ///< X·W against X·Ŵ, each checked layer.
  bool layer_inputs_are_synthetic = false;
  std::string absence; ///< Why the graph did not run; may be empty.
};

struct judgement {
  verdict given = verdict::unverified;
  /// No threshold that could be checked was missed. False: the variant failed.
  bool is_met = true;
  /// What was missed, or why the verdict is not `verified`.
  std::vector<std::string> reasons;
};

/// Judges exact-mode figures; the strongest evidence decides:
/// - a golden set: outputs against the thresholds for outputs → verified;
/// - else layer outputs against theirs → layer_verified;
/// - made-up inputs: outputs against their thresholds → smoke at most;
/// - nothing → unverified, with the reason.
/// A missed threshold gives unverified and is_met = false. Figures that are
/// not finite sums miss every gate. Outputs that are all empty or zero tell
/// nothing: smoke with a golden set, else unverified. A gate without a
/// threshold for the evidence verifies nothing: at most smoke (a graph ran) or
/// unverified.
[[nodiscard]] judgement judge(const recipe_gate& gate,
                              const gate_figures& figures);

/// True when a variant may be deployed on its verdict alone (layer_verified or
/// better), or because someone allowed it.
[[nodiscard]] bool may_promote(verdict given, bool allow_unverified);

} // namespace trivium::domain

#include "storage/formats/plan_check.hpp"

namespace trivium::storage {

expected<std::vector<scheme>> checked_actions(const quantization_plan& plan,
                                              const model_source& source) {
  const auto count = source.tensors().size();
  std::vector<scheme> actions(count, scheme::keep);
  std::vector<bool> is_decided(count, false);
  for (const auto& decision : plan.decisions) {
    if (decision.tensor >= count)
      return fail(ec::invalid_argument,
                  "plan: tensor number " + std::to_string(decision.tensor)
                    + " of a model with " + std::to_string(count));
    if (is_decided[decision.tensor])
      return fail(ec::invalid_argument, "plan: tensor number "
                                          + std::to_string(decision.tensor)
                                          + " is decided twice");
    is_decided[decision.tensor] = true;
    TRIVIUM_CHECK(source.bytes_under(decision.tensor, decision.action));
    actions[decision.tensor] = decision.action;
  }
  return actions;
}

} // namespace trivium::storage

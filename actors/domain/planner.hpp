#pragma once

#include "actors/domain/plan_subject.hpp"
#include "messages/values/ec.hpp"
#include "messages/values/plan.hpp"

#include <cstdint>
#include <functional>
#include <span>

namespace trivium::domain {

/// Bytes of tensor `index` under a scheme, values and scales; `unsupported`
/// (with the reason) when the format or this tensor cannot take it.
using bytes_under = std::function<expected<uint64_t>(size_t index, scheme)>;

/// One decision a tensor, with its reason: the rule that chose it, or why the
/// tensor is kept (no rule, a rule that keeps, the format cannot, not
/// smaller). Pure: the same arguments give the same plan.
/// Errors: invalid_argument when the target is for another format or a rule
/// asks for a scheme that the format cannot hold; failed_precondition
/// "nothing to quantize: …" with the reasons counted, when every tensor is
/// kept; what `size_of` gives, `unsupported` excepted.
[[nodiscard]] expected<quantization_plan>
make_plan(model_format format, std::span<const plan_subject> subjects,
          const recipe_target& target, const bytes_under& size_of);

/// The sums over a plan that tables and progress show.
struct plan_totals {
  uint64_t tensors = 0;
  uint64_t quantized = 0;
  uint64_t elements = 0; ///< Of all tensors.
  uint64_t quantized_elements = 0;
  uint64_t bytes_before = 0; ///< Of all tensors.
  uint64_t bytes_after = 0;
  uint64_t quantized_bytes_before = 0;
  uint64_t quantized_bytes_after = 0;

  /// Stored bits an element, scales included, over the quantized tensors; 0
  /// when there is none.
  [[nodiscard]] double bits_per_quantized_weight() const;
  /// The same over every tensor of the model.
  [[nodiscard]] double bits_per_weight() const;
};

/// @pre `plan` was made from `subjects`.
[[nodiscard]] plan_totals totals_of(const quantization_plan& plan,
                                    std::span<const plan_subject> subjects);

} // namespace trivium::domain

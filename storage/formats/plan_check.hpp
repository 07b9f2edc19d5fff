#pragma once

#include "messages/values/plan.hpp"
#include "storage/formats/model_source.hpp"

#include <vector>

namespace trivium::storage {

/// The action of each tensor of `source`, in its order: `keep` where the plan
/// says nothing. Errors: invalid_argument for an index out of range or decided
/// twice; what `bytes_under` says of an action that is not possible.
[[nodiscard]] expected<std::vector<scheme>>
checked_actions(const quantization_plan& plan, const model_source& source);

} // namespace trivium::storage

#pragma once

#include "messages/values/plan.hpp"
#include "storage/formats/model_source.hpp"

#include <filesystem>

namespace trivium::test {

/// Writes every file of `layout` (made by `source` for `plan`) below `folder`,
/// with the scalar quantizer for what is computed. The whole of it in memory.
/// Error: internal when segments leave holes, overlap or differ from what is
/// computed in size.
[[nodiscard]] expected<void> materialise(const storage::model_source& source,
                                         const quantization_plan& plan,
                                         const storage::output_layout& layout,
                                         const std::filesystem::path& folder);

/// `action` for every tensor that allows it and `keep` for the others.
[[nodiscard]] quantization_plan plan_all(const storage::model_source& source,
                                         scheme action);

/// `action` for the tensor called `name`, `keep` for the others.
[[nodiscard]] quantization_plan plan_one(const storage::model_source& source,
                                         std::string_view name, scheme action);

} // namespace trivium::test

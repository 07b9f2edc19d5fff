#pragma once

#include "messages/values/control.hpp"

#include "trivium/v1/control.pb.h"

#include <cstddef>

namespace trivium {

inline constexpr size_t max_path_bytes = 4096;
inline constexpr size_t max_recipe_text_bytes = size_t{1} << 20;
inline constexpr size_t max_input_hints = 256; ///< Shapes; also ranges.
inline constexpr size_t max_input_rank = 16;

/// Bytes of a path or a recipe that are no UTF-8 become \xNN: the node will
/// not find that path, and says so.
[[nodiscard]] v1::JobRequest to_wire(const job_request& wanted);
[[nodiscard]] v1::Golden to_wire(const golden_request& wanted);

/// Within the limits above; every path absolute and without NUL, or empty where
/// it may be; a recipe without YAML by name. An empty version is 1.0.0, an
/// empty alias `production`. Errors: invalid_argument, unsupported (kind).
[[nodiscard]] expected<job_request> from_wire(const v1::JobRequest& wire);
/// The same; `model` and `golden` are needed.
[[nodiscard]] expected<golden_request> from_wire(const v1::Golden& wire);

} // namespace trivium

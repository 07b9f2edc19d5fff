#pragma once

#include "messages/values/ec.hpp"

namespace trivium::actors {

/// Starts `count` threads at once and ends them again: an actor system that
/// lacks one half-way can be neither used nor stopped. Error:
/// resource_exhausted.
[[nodiscard]] expected<void> require_threads(size_t count);

} // namespace trivium::actors

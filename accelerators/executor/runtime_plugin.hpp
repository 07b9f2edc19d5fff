#pragma once

#include "accelerators/executor/graph_runtime.hpp"

namespace trivium::accelerators {

/// Loads the plugin that $TRIVIUM_OPENVINO_PLUGIN names, else
/// libtrivium_openvino.so from the executable's folder, ../lib or
/// ../lib/trivium. Never unloaded. Error: unavailable, with the loader's words.
[[nodiscard]] expected<std::unique_ptr<graph_runtime>> open_runtime();

} // namespace trivium::accelerators

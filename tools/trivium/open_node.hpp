#pragma once

#include "actors/node/node.hpp"
#include "tools/trivium/common_options.hpp"

#include <memory>

namespace trivium::tools {

/// The node that a command on the store of `context` works with: the one that
/// serves the store, else one of this process. Errors: those of the store.
[[nodiscard]] expected<std::unique_ptr<actors::node>>
open_node(const command_context& context);

} // namespace trivium::tools

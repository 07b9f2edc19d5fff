#pragma once

#include "actors/client/client.hpp"
#include "actors/node/node.hpp"
#include "tools/trivium/common_options.hpp"

#include <memory>
#include <optional>

namespace trivium::tools {

/// The client of the node that serves the store of `context`, or why it does
/// not answer; nothing where none says that it serves it.
[[nodiscard]] std::optional<expected<std::unique_ptr<client>>>
connect_to_node(const command_context& context);

/// The node that a command on the store of `context` works with: the one that
/// serves the store, else one of this process. Errors: those of the store.
[[nodiscard]] expected<std::unique_ptr<actors::node>>
open_node(const command_context& context);

} // namespace trivium::tools

#pragma once

#include "actors/client/client.hpp"
#include "actors/node/node.hpp"

#include <memory>

namespace trivium::actors {

/// The same calls, carried out by the node that holds the store: what a command
/// uses when its store is taken. Paths are made absolute: the node runs
/// elsewhere. Cancelling cancels the node's job.
[[nodiscard]] std::unique_ptr<node>
make_remote_node(std::unique_ptr<client> connection);

} // namespace trivium::actors

#pragma once

#include "actors/client/client.hpp"
#include "messages/wire/node_file.hpp"

#include <string>
#include <string_view>

namespace trivium {

/// True for grpc://…
[[nodiscard]] bool is_grpc_address(std::string_view address);

/// HOST:PORT that the options name, or STORE/node.json. Errors:
/// invalid_argument, and read_node_file's.
[[nodiscard]] expected<std::string> grpc_target(const client_options& options);

/// STORE/node.json. Errors: not_found (no node serves that store),
/// permission_denied, data_loss.
[[nodiscard]] expected<node_file>
read_node_file(const std::filesystem::path& store);

} // namespace trivium

#pragma once

#include "actors/client/session.hpp"

#include <memory>

namespace trivium {

/// A session through the gRPC door, not connected yet: of the commands it has
/// those of trivium.v1.ModelRegistry, the others are `unsupported`. Errors:
/// those of grpc_target.
[[nodiscard]] expected<std::shared_ptr<client_session>>
make_grpc_session(const client_options& options);

} // namespace trivium

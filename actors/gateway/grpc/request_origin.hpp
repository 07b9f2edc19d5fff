#pragma once

#include "messages/values/ec.hpp"
#include "messages/values/envelope.hpp"

#include <grpcpp/server_context.h>

#include <string>

namespace trivium::actors {

/// Whose call this is, until when and in which trace, of its context: the
/// `traceparent` header where there is a valid one, the client's deadline, and
/// as subject the address it comes from (nobody is authenticated yet).
[[nodiscard]] envelope origin_of(const grpc::ServerContext& context,
                                 const cancel_token& cancel,
                                 const std::string& name_space);

} // namespace trivium::actors

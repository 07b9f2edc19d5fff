#pragma once

#include "messages/values/error_context.hpp"

#include <grpcpp/support/status.h>

namespace trivium {

/// The status of an error, with google.rpc details: ErrorInfo always (domain
/// "trivium", the code's own name as reason), BadRequest where a field is
/// named, RetryInfo where the same call may do later.
[[nodiscard]] grpc::Status to_grpc(const error& reason,
                                   const error_context& context = {});

/// What such a status says.
struct told_failure {
  error reason;
  bool is_ours = false; ///< A node said so; else gRPC itself did.
  std::optional<std::chrono::milliseconds> retry_after{};
  std::map<std::string, std::string> metadata{};
};

/// Reads a status that is not OK; one without details by its code alone.
[[nodiscard]] told_failure from_grpc(const grpc::Status& status);

} // namespace trivium

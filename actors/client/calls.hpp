#pragma once

#include "actors/client/session.hpp"

namespace trivium {

/// A reply of another kind than the request's breaks the protocol.
[[nodiscard]] inline tl::unexpected<error> wrong_reply() {
  return fail(ec::internal, "the node answered with something else");
}

/// For the namespace of the model.
[[nodiscard]] inline v1::Request request_for(const model_ref& model) {
  v1::Request request;
  request.set_namespace_(model.name_space);
  return request;
}

inline constexpr auto reads = request_kind::read;
inline constexpr auto changes = request_kind::change;

} // namespace trivium

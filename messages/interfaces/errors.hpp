#pragma once

#include "messages/interfaces/type_ids.hpp"
#include "messages/values/ec.hpp"

#include <caf/error.hpp>
#include <caf/result.hpp>

#include <string>

namespace trivium {

/// CAF's category of our errors.
inline constexpr caf::atom_value error_category = caf::atom("trivium");

/// An `error` as actors pass it on; the text travels with it.
[[nodiscard]] caf::error to_caf(const error& e);

/// The way back. CAF's own codes are translated: a request that timed out is
/// deadline_exceeded, a dead receiver unavailable, an unexpected message
/// internal.
[[nodiscard]] error from_caf(const caf::error& e);

/// For actor_system_config::add_error_category.
[[nodiscard]] std::string render_error(uint8_t code, caf::atom_value,
                                       const caf::message& context);

/// What a handler returns for a CAF-free result.
template <class T>
[[nodiscard]] caf::result<T> answer(expected<T> x) {
  if (!x)
    return to_caf(x.error());
  return std::move(*x);
}

[[nodiscard]] inline caf::result<acknowledged> answer(expected<void> x) {
  if (!x)
    return to_caf(x.error());
  return acknowledged{};
}

} // namespace trivium

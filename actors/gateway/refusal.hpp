#pragma once

#include "messages/values/ec.hpp"
#include "messages/values/error_context.hpp"

#include <tl/expected.hpp>

#include <utility>

namespace trivium::actors {

/// Why a request is refused, and which of its fields is to blame.
struct refusal {
  error reason;
  error_context context{};
};

template <class T>
using checked = tl::expected<T, refusal>;

/// `field`: of the request, empty where none is to blame.
inline tl::unexpected<refusal> refuse(error reason, std::string field = {}) {
  return tl::unexpected<refusal>{
    refusal{std::move(reason), {std::move(field), {}}}};
}

template <class T>
checked<T> passed(expected<T> value, std::string field = {}) {
  if (!value)
    return refuse(std::move(value.error()), std::move(field));
  return std::move(*value);
}

} // namespace trivium::actors

/// Passes a refusal out of the enclosing function, else binds the value.
#define TRIVIUM_CHECKED_IMPL(tmp, declaration, expression)                     \
  auto tmp = (expression);                                                     \
  if (!tmp)                                                                    \
    return ::tl::unexpected<::trivium::actors::refusal>{                       \
      std::move(tmp).error()};                                                 \
  declaration = std::move(*tmp)
#define TRIVIUM_CHECKED(declaration, expression)                               \
  TRIVIUM_CHECKED_IMPL(TRIVIUM_CONCAT(checked_, __LINE__), declaration,        \
                       expression)

#pragma once

#include <tl/expected.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace trivium {

/// Why something was not done. Values travel between processes: never renumber.
enum class ec : uint8_t {
  none = 0, ///< Not an error.
  invalid_argument =
    1,           ///< The request or file breaks a rule, whatever the state.
  not_found = 2, ///< The named thing does not exist.
  already_exists = 3, ///< The name is taken by something else.
  failed_precondition =
    4,          ///< Right request, wrong state (gate missed, nothing to do).
  conflict = 5, ///< Another writer was first; read again and retry.
  permission_denied = 6,  ///< The subject may not do this.
  unauthenticated = 7,    ///< Who asks is not known.
  resource_exhausted = 8, ///< Disk, memory, quota or a limit is used up.
  unsupported = 9,        ///< Understood, but not something this build can do.
  data_loss = 10,         ///< Stored bytes are damaged or missing.
  unavailable = 11,       ///< Not reachable now; retrying may help.
  deadline_exceeded =
    12,                 ///< Not finished in time; nothing durable was started.
  outcome_unknown = 13, ///< A durable write timed out: it may or may not exist.
  cancelled = 14,       ///< Stopped because someone asked for it.
  compacted = 15,       ///< The revision asked for is no longer kept.
  internal = 16,        ///< A broken invariant of ours.
};

/// The highest value of `ec`; tests walk every code up to here.
inline constexpr auto last_ec = ec::internal;

/// One row of the table that every door uses to say what went wrong.
struct ec_mapping {
  ec code;
  std::string_view name; ///< snake_case, as shown in JSON.
  int grpc_status;       ///< google.rpc.Code.
  int http_status;
  int exit_code; ///< Of a command line tool.
};

/// The row of `code`; an unknown value maps like `internal`.
[[nodiscard]] const ec_mapping& mapping(ec code);

[[nodiscard]] inline std::string_view to_string(ec code) {
  return mapping(code).name;
}

/// What was seen, what was wanted, and where. Never a secret or a raw request.
struct error {
  ec code = ec::internal;
  std::string text;

  friend bool operator==(const error&, const error&) = default;
};

template <class T>
using expected = tl::expected<T, error>;

/// `return fail(ec::not_found, "...")` from any function returning expected<T>.
[[nodiscard]] inline tl::unexpected<error> fail(ec code, std::string text) {
  return tl::unexpected<error>{error{code, std::move(text)}};
}

[[nodiscard]] inline tl::unexpected<error> fail(error e) {
  return tl::unexpected<error>{std::move(e)};
}

} // namespace trivium

/// Propagates an error out of the enclosing function, else binds the value.
#define TRIVIUM_CONCAT_INNER(a, b) a##b
#define TRIVIUM_CONCAT(a, b) TRIVIUM_CONCAT_INNER(a, b)
#define TRIVIUM_TRY_IMPL(tmp, declaration, expression)                         \
  auto tmp = (expression);                                                     \
  if (!tmp)                                                                    \
    return ::tl::unexpected<::trivium::error>{std::move(tmp).error()};         \
  declaration = std::move(*tmp)
#define TRIVIUM_TRY(declaration, expression)                                   \
  TRIVIUM_TRY_IMPL(TRIVIUM_CONCAT(try_, __LINE__), declaration, expression)
/// The same where the value is void or not wanted.
#define TRIVIUM_CHECK_IMPL(tmp, expression)                                    \
  if (auto tmp = (expression); !tmp)                                           \
    return ::tl::unexpected<::trivium::error> { std::move(tmp).error() }
#define TRIVIUM_CHECK(expression)                                              \
  TRIVIUM_CHECK_IMPL(TRIVIUM_CONCAT(check_, __LINE__), expression)

#pragma once

#include "messages/values/ec.hpp"
#include "messages/values/names.hpp"

#include <string>
#include <string_view>

namespace trivium::tools::repl {

/// What a command is about, as people write it: a model, one of its versions,
/// a version's variant, or an alias. Empty members were not named.
struct target {
  model_ref model;
  std::string version; ///< A semantic version.
  std::string recipe;  ///< Name or digest.
  std::string alias;

  friend bool operator==(const target&, const target&) = default;
};

/// The forms that commands take; help texts show them as they stand here. What
/// is in brackets may be left out.
namespace form {
inline constexpr std::string_view model = "MODEL";
inline constexpr std::string_view model_version = "MODEL:VERSION";
inline constexpr std::string_view maybe_version = "MODEL[:VERSION]";
inline constexpr std::string_view variant = "MODEL:VERSION[:RECIPE]";
inline constexpr std::string_view alias = "MODEL@ALIAS";
inline constexpr std::string_view maybe_alias = "MODEL[@ALIAS]";
inline constexpr std::string_view lineage = "MODEL[:VERSION]|DIGEST";
inline constexpr std::string_view anything = "MODEL[:VERSION[:RECIPE]|@ALIAS]";
} // namespace form

/// Reads `text` as `wanted`, one of the forms above. MODEL is NAME, then in
/// `name_space`, or NAMESPACE/NAME. Error: invalid_argument, naming the form.
[[nodiscard]] expected<target> parse_target(std::string_view text,
                                            std::string_view wanted,
                                            const std::string& name_space);

/// True for what is meant as the first digits of a digest where a model could
/// stand too: 8 to 64 lower-case hex digits.
[[nodiscard]] bool looks_like_digest(std::string_view text);

} // namespace trivium::tools::repl

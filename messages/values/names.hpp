#pragma once

#include "messages/values/ec.hpp"

#include <algorithm>
#include <compare>
#include <string>
#include <string_view>

namespace trivium {

/// The longest name of a namespace, model, alias or recipe, in bytes.
inline constexpr size_t max_name_bytes = 128;

/// Checks a name that becomes part of a key and of a path: 1–128 bytes of
/// [A-Za-z0-9._-], starting with a letter or digit, without "..".
/// `what` ("model name") opens the error text. Error: invalid_argument.
[[nodiscard]] expected<void> check_name(std::string_view what,
                                        std::string_view name);

/// `text` with every byte that a name may not hold replaced by '-', cut to
/// 128 bytes; "model" where nothing is left. The default name of a file.
[[nodiscard]] std::string sanitised_name(std::string_view text);

/// Control characters (C0, 0x7f, C1), line separators, directional marks and
/// invalid UTF-8 written as \xNN: what strangers' text must pass before it
/// meets a terminal or a log.
[[nodiscard]] std::string printable(std::string_view text);

/// Bytes of the UTF-8 character that `text` starts with; 0 where it starts with
/// none.
[[nodiscard]] size_t utf8_length(std::string_view text);

/// One of `known` within two edits of `seen` that leave some of both (the
/// nearest, ties by order), or empty: "did you mean …".
template <class Range>
[[nodiscard]] std::string nearest(std::string_view seen, const Range& known);

/// Levenshtein distance in bytes.
[[nodiscard]] size_t edit_distance(std::string_view a, std::string_view b);

template <class Range>
std::string nearest(std::string_view seen, const Range& known) {
  std::string best;
  size_t best_distance = 3;
  for (const auto& candidate : known) {
    const std::string_view name{candidate};
    const auto distance = edit_distance(seen, name);
    if (distance < best_distance
        && distance < std::min(seen.size(), name.size())) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

/// A model inside a namespace.
struct model_ref {
  std::string name_space = "default";
  std::string model;

  friend auto operator<=>(const model_ref&, const model_ref&) = default;
};

/// "default/minilm"
[[nodiscard]] std::string to_string(const model_ref& ref);

/// "NS/MODEL@ALIAS", "MODEL@ALIAS"; without '@' the alias is `production`.
struct alias_ref {
  model_ref model;
  std::string alias = "production";

  [[nodiscard]] static expected<alias_ref> parse(std::string_view text);
};

} // namespace trivium

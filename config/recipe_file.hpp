#pragma once

#include "messages/values/ec.hpp"
#include "messages/values/recipe.hpp"

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace trivium::config {

/// Parses a recipe; docs/formats/recipe.md lists the keys. `origin` names the
/// text in errors. Errors: invalid_argument with FILE:LINE:COLUMN for what is
/// not YAML, unknown keys (with the nearest known), values of the wrong type or
/// out of range, two targets of one format, schemes that a format cannot hold,
/// targets whose rules only keep; resource_exhausted for a text over 1 MiB.
[[nodiscard]] expected<recipe> parse_recipe(std::string_view text,
                                            std::string_view origin);

/// What is hashed into recipe::sha256: name, rules and gates as one line of
/// JSON, members sorted by key, targets by format, operators by name. Not in
/// it: the description, comments, the order of keys. So equal digests mean
/// equal work.
[[nodiscard]] std::string canonical(const recipe& r);

/// A path (anything with a '/' or ending in ".yaml") is read as it is; a name
/// is looked for as NAME.yaml in `folders`, in order, then among the recipes
/// that are built in. Errors: not_found with the nearest name, and as
/// parse_recipe; invalid_argument when a file NAME.yaml names itself otherwise.
[[nodiscard]] expected<recipe>
load_recipe(std::string_view name_or_path,
            std::span<const std::filesystem::path> folders);

struct listed_recipe {
  std::string name;
  std::string origin;       ///< Path of the file, or "built in".
  expected<recipe> content; ///< A broken file hides no other.
};

/// Every recipe that load_recipe finds by name, sorted by name.
[[nodiscard]] std::vector<listed_recipe>
list_recipes(std::span<const std::filesystem::path> folders);

/// Where recipes are looked for by name: the folders of TRIVIUM_RECIPES
/// (':'-separated), `../share/trivium/recipes` beside this program, and
/// config/recipes of the source tree that it was built from.
[[nodiscard]] std::vector<std::filesystem::path> recipe_folders();

} // namespace trivium::config

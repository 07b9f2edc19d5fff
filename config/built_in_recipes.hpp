#pragma once

#include <span>
#include <string_view>

namespace trivium::config {

/// A file of config/recipes as it was when this program was built.
struct built_in_recipe {
  std::string_view name;
  std::string_view yaml;
};

[[nodiscard]] std::span<const built_in_recipe> built_in_recipes();

} // namespace trivium::config

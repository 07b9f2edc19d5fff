#pragma once

#include "messages/values/ec.hpp"
#include "messages/values/job.hpp"

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace trivium::tools {

/// --shape and --input-range, as they were written.
struct input_options {
  std::vector<std::string> shapes;
  std::vector<std::string> ranges;

  void add_to(CLI::App& command);

  /// Error: invalid_argument, quoting the option.
  [[nodiscard]] expected<input_hints> hints() const;
};

/// Finds a recipe by name or path. Error: not_found with the nearest name.
[[nodiscard]] expected<recipe> find_recipe(const std::string& name_or_path);

/// --memory: "512 MiB"; 0 for an empty text.
[[nodiscard]] expected<uint64_t> memory_bytes(const std::string& text);

/// `name`, or what the file's name gives; in `name_space`. Error:
/// invalid_argument.
[[nodiscard]] expected<model_ref>
model_name(const std::string& name, const std::string& name_space,
           const std::filesystem::path& model);

} // namespace trivium::tools

#pragma once

#include "actors/domain/layer_figures.hpp"
#include "messages/values/digest.hpp"
#include "messages/values/tensor_value.hpp"
#include "messages/values/verification.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace trivium::actors {

/// Feeds of a graph and what the float model answered to them.
struct graph_reference {
  std::vector<std::vector<tensor_value>> feeds;
  std::vector<std::vector<tensor_value>> outputs;
  std::vector<std::string> names; ///< Of the cases.
  digest source;                  ///< Artifact that answered.
  bool is_made_up = false;
};

/// A golden set as a reference. Errors: those of load_golden.
[[nodiscard]] expected<graph_reference>
load_reference(const std::filesystem::path& golden);

struct graph_comparison {
  output_figures figures;                  ///< Worst of everything.
  std::vector<domain::named_sums> outputs; ///< Each output over all cases.
};

/// Holds what a graph answered against the reference. Error: invalid_argument
/// when an output is missing or has another shape.
[[nodiscard]] expected<graph_comparison>
compare_with(const graph_reference& wanted,
             const std::vector<std::vector<tensor_value>>& got);

} // namespace trivium::actors

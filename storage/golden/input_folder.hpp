#pragma once

#include "storage/golden/golden_set.hpp"

#include <filesystem>
#include <span>
#include <vector>

namespace trivium::storage {

/// Reads what a person prepared as inputs of a graph, cases in the order of
/// their names, outputs empty:
///   DIR/CASE.npy          one array a case, for a graph with one input
///   DIR/CASE/INPUT.npy    one folder a case, one array an input; INPUT is the
///                         input's name with what a file name may not hold
///                         replaced by '-' (see sanitised_name)
/// Other files are ignored. Types and shapes must fit `inputs`. Errors:
/// not_found (no case), invalid_argument naming the file, those of read_npy.
[[nodiscard]] expected<std::vector<golden_case>>
read_input_folder(const std::filesystem::path& folder,
                  std::span<const tensor_signature> inputs,
                  uint64_t limit = default_golden_limit);

} // namespace trivium::storage

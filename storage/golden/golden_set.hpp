#pragma once

#include "messages/values/digest.hpp"
#include "messages/values/tensor_value.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace trivium::storage {

/// One feed of a graph and what the source model answered.
struct golden_case {
  std::string name; ///< As check_name wants it; unique in its set.
  std::vector<tensor_value> inputs;
  std::vector<tensor_value> outputs;
};

/// Recorded answers of a source model: what a variant is held against. See
/// docs/formats/golden.md.
struct golden_set {
  digest source;         ///< Of the artifact that answered.
  std::string executor;  ///< "OpenVINO 2026.4.1"
  std::string precision; ///< "f32"
  std::string cpu;
  std::string created; ///< RFC 3339, UTC; given by the caller.
  std::string notes;
  /// The inputs have the right shape and type, but no meaning: good for a
  /// smoke test at most.
  bool has_made_up_inputs = false;
  std::vector<golden_case> cases;
};

inline constexpr uint64_t default_golden_limit = uint64_t{4} << 30;

/// Reads `folder`/golden.json and every array it names, all of them beneath the
/// folder. Errors: not_found, invalid_argument (naming file and member),
/// permission_denied (a name that leaves the folder), unsupported (another
/// format version), resource_exhausted (more than `limit` bytes of values).
[[nodiscard]] expected<golden_set>
load_golden(const std::filesystem::path& folder,
            uint64_t limit = default_golden_limit);

/// Writes the set as `folder`, which appears whole or not at all. Errors:
/// already_exists for a folder that is not empty, invalid_argument for a set
/// that could not be read back, those of writing.
[[nodiscard]] expected<void> save_golden(const golden_set& set,
                                         const std::filesystem::path& folder);

} // namespace trivium::storage

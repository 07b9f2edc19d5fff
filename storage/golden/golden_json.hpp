#pragma once

#include "storage/golden/golden_set.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace trivium::storage {

inline constexpr uint64_t golden_format_version = 1;
inline constexpr auto golden_file_name = "golden.json";
inline constexpr uint64_t max_golden_json_bytes = 16 << 20;

/// File names of a set's arrays, in the order cases → inputs, then outputs.
using array_names = std::vector<std::string>;

/// The text of golden.json, without the arrays' bytes.
[[nodiscard]] std::string golden_json(const golden_set& set,
                                      const array_names& files);

/// The inverse: tensors have name, type and shape, but no bytes; `files` names
/// each one's array. Every member is required, none other taken, none twice.
/// Errors: invalid_argument, unsupported (version).
[[nodiscard]] expected<golden_set> parse_golden_json(std::string_view text,
                                                     array_names& files);

/// What a set must be to be written and read: at least one case, names that
/// are valid and unique. Error: invalid_argument.
[[nodiscard]] expected<void> check_golden(const golden_set& set);

} // namespace trivium::storage

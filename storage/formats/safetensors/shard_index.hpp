#pragma once

#include "messages/values/ec.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace trivium::storage {

/// A "….safetensors.index.json": which shard holds which tensor.
struct shard_index {
  std::map<std::string, std::string> weight_map; ///< Tensor name → file name.
  /// Members of "metadata" but total_size, with their JSON.
  std::vector<std::pair<std::string, std::string>> metadata;

  /// The file names, sorted, each once.
  [[nodiscard]] std::vector<std::string> shards() const;
};

/// Checks that every file name is a plain path inside the model's folder
/// (`check_artifact_path`) that ends in ".safetensors".
/// Error: invalid_argument.
[[nodiscard]] expected<shard_index> read_shard_index(std::string_view text);

/// `total_size`: bytes of all tensors.
[[nodiscard]] std::string write_shard_index(const shard_index& index,
                                            uint64_t total_size);

} // namespace trivium::storage

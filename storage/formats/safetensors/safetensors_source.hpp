#pragma once

#include "storage/formats/model_source.hpp"
#include "storage/formats/safetensors/header.hpp"
#include "storage/formats/safetensors/model_config.hpp"
#include "storage/formats/safetensors/shard_index.hpp"

#include <optional>

namespace trivium::storage {

/// One .safetensors file of a model; its tensors follow each other in the
/// source's list, in the order of the header's entries.
struct safetensors_shard {
  size_t file = 0; ///< Index into model_files::files.
  safetensors_header header;
  size_t first_tensor = 0;
};

/// A safetensors model: one file, or an index and its shards.
class safetensors_source final : public model_source {
public:
  /// Errors: as open_safetensors.
  [[nodiscard]] static expected<std::unique_ptr<model_source>>
  make(model_files files);

  [[nodiscard]] model_format format() const override {
    return model_format::safetensors;
  }
  [[nodiscard]] std::span<const tensor_info> tensors() const override {
    return tensors_;
  }
  [[nodiscard]] const model_files& files() const override { return files_; }
  [[nodiscard]] std::vector<tensor_signature> inputs() const override {
    return {};
  }
  [[nodiscard]] std::vector<tensor_signature> outputs() const override {
    return {};
  }
  [[nodiscard]] expected<uint64_t> bytes_under(size_t tensor,
                                               scheme action) const override;
  [[nodiscard]] expected<output_layout>
  lay_out(const quantization_plan& plan) const override;

private:
  safetensors_source() = default;

  [[nodiscard]] expected<void> read_shards();
  [[nodiscard]] expected<void> add_shard(size_t file);
  [[nodiscard]] expected<void> check_index() const;
  [[nodiscard]] expected<void> read_config();
  void keep_special_tensors();

  [[nodiscard]] expected<output_file>
  lay_out_shard(const safetensors_shard& shard,
                std::span<const scheme> actions) const;
  [[nodiscard]] output_file
  lay_out_index(std::span<const scheme> actions) const;
  [[nodiscard]] expected<output_file>
  lay_out_config(std::span<const scheme> actions) const;

  model_files files_;
  std::vector<tensor_info> tensors_;
  std::vector<safetensors_shard> shards_;
  std::optional<shard_index> index_; ///< Of files_[0], where there is one.
  std::optional<size_t> config_file_;
  std::string config_text_;
  model_config config_;
  std::string config_problem_; ///< Why config.json cannot be extended.
};

} // namespace trivium::storage

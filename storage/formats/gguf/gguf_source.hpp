#pragma once

#include "storage/formats/gguf/header.hpp"
#include "storage/formats/model_source.hpp"

namespace trivium::storage {

/// A GGUF 3 file. tensors()[i] is header tensor i.
class gguf_source final : public model_source {
public:
  /// Errors: as open_gguf.
  [[nodiscard]] static expected<std::unique_ptr<model_source>>
  make(model_files files);

  [[nodiscard]] model_format format() const override {
    return model_format::gguf;
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
  gguf_source() = default;

  void add_tensor(const gguf_tensor& tensor);
  [[nodiscard]] std::string tensor_infos(std::span<const scheme> actions) const;

  model_files files_;
  gguf_header header_;
  std::vector<tensor_info> tensors_;
};

} // namespace trivium::storage

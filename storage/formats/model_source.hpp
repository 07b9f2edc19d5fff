#pragma once

#include "messages/values/manifest.hpp"
#include "messages/values/plan.hpp"
#include "messages/values/tensor_type.hpp"
#include "messages/values/tensor_value.hpp"
#include "storage/file_io/readable_file.hpp"
#include "storage/formats/output_layout.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace trivium::storage {

/// One file of a model, opened.
struct model_file {
  std::string path; ///< Relative inside the artifact.
  file_role role = file_role::weights;
  std::shared_ptr<const readable_file> bytes;
};

/// The files that make one model, the main one (graph, index, …) first.
struct model_files {
  model_format format = model_format::unknown;
  std::vector<model_file> files;
};

/// Finds every file of the model at `path` (a file, or a folder that holds
/// exactly one model): ONNX with its external data, safetensors with index,
/// shards, config.json and tokenizer files, GGUF. The format is told by
/// content. Errors: not_found (with what was looked for), invalid_argument,
/// unsupported (pickle, HDF5, zip, by name), permission_denied for external
/// data that leaves the folder.
[[nodiscard]] expected<model_files>
discover_model(const std::filesystem::path& path);

/// The same of `relative`, which somebody far away named: nothing is read that
/// does not lie beneath `root`, whatever links say. Errors: also
/// permission_denied for what leaves it, is or passes a link, or has hard
/// links.
[[nodiscard]] expected<model_files>
discover_model_beneath(const std::filesystem::path& root,
                       const std::string& relative);

/// One tensor as the model declares it. Its bytes were checked to lie inside
/// the file and to equal shape × type.
struct tensor_info {
  std::string name; ///< Unique in the model.
  tensor_type type = tensor_type::unknown;
  tensor_shape shape; ///< Row-major, outermost first, in every format.
  file_span where;    ///< Meaningless when `held` is set.
  /// The bytes, where no file holds them in one piece (ONNX typed fields).
  std::shared_ptr<const std::vector<std::byte>> held;
  /// What reads it: ONNX op types, else "Linear", "Embedding", "Head", "Norm",
  /// "Other". Sorted, unique.
  std::vector<std::string> operators;
  /// Axis of the output channel; absent when this tensor cannot be quantized.
  std::optional<size_t> channel_axis;
  std::string keep_reason; ///< Why not, when channel_axis is absent.
};

/// A model, opened and checked. Immutable; threads may share it.
class model_source {
public:
  virtual ~model_source() = default;

  [[nodiscard]] virtual model_format format() const = 0;
  [[nodiscard]] virtual std::span<const tensor_info> tensors() const = 0;
  [[nodiscard]] virtual const model_files& files() const = 0;

  /// Inputs that a caller must feed (initializers excluded) and outputs; empty
  /// for formats without a graph.
  [[nodiscard]] virtual std::vector<tensor_signature> inputs() const = 0;
  [[nodiscard]] virtual std::vector<tensor_signature> outputs() const = 0;

  /// Bytes of `tensor` under `action`, values and scales. Error: unsupported
  /// when the format or the tensor cannot take it, with the reason.
  [[nodiscard]] virtual expected<uint64_t> bytes_under(size_t tensor,
                                                       scheme action) const = 0;

  /// The complete output for a plan whose decisions this source allows.
  [[nodiscard]] virtual expected<output_layout>
  lay_out(const quantization_plan& plan) const = 0;
};

/// Reads structure only: memory is bounded by the number of tensors and nodes,
/// never by the weights. Errors: invalid_argument, unsupported, each naming
/// format, tensor and offset.
[[nodiscard]] expected<std::unique_ptr<model_source>>
open_model(model_files files);

// One per format, used by open_model.
[[nodiscard]] expected<std::unique_ptr<model_source>>
open_onnx(model_files files);
[[nodiscard]] expected<std::unique_ptr<model_source>>
open_safetensors(model_files files);
[[nodiscard]] expected<std::unique_ptr<model_source>>
open_gguf(model_files files);

} // namespace trivium::storage

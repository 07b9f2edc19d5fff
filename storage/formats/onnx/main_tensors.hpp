#pragma once

#include "storage/formats/model_source.hpp"
#include "storage/formats/onnx/onnx_proto.hpp"
#include "storage/formats/onnx/tensor_content.hpp"

#include <vector>

namespace trivium::storage::onnx_io {

/// The lowest opset whose weights are quantized.
inline constexpr int64_t lowest_opset = 11;

/// Below this IR version every initializer has to be a graph input too; from it
/// on, one that is has a value that callers may replace.
inline constexpr int64_t free_initializer_ir = 4;

/// The version of the default domain; 0 when the model does not import it.
[[nodiscard]] int64_t default_opset(const ::onnx::ModelProto& model);

/// Where a tensor of the main graph stands.
struct tensor_place {
  bool in_constant = false; ///< The value of a Constant node, or initializer.
  int index = 0;            ///< Of the node or of the initializer.
};

/// The tensors of the main graph that have bytes: initializers, then values of
/// Constant nodes, without strings.
struct main_tensors {
  std::vector<tensor_info> infos;
  std::vector<tensor_place> places; ///< One a tensor.
};

/// Checks every tensor of `model` with `reader` (which changes their data to
/// tokens), lists those of the main graph and finds their channel axes.
[[nodiscard]] expected<main_tensors> list_tensors(::onnx::ModelProto& model,
                                                  tensor_reader& reader);

} // namespace trivium::storage::onnx_io

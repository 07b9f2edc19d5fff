#pragma once

#include "storage/formats/onnx/main_tensors.hpp"
#include "storage/formats/onnx/onnx_proto.hpp"
#include "storage/formats/onnx/tensor_content.hpp"

#include <vector>

namespace trivium::storage::onnx_io {

/// Gives each tensor of `chosen` (indices into `tensors`, rising) its int8
/// form: an initializer `<name>_quantized`, one `<name>_scale` with a scale a
/// channel, and in front of all nodes DequantizeLinear (ONNX
/// DequantizeLinear-13, per axis, no zero point: it is 0), or below opset 13
/// Cast and Mul. The result has the weight's old name, so nothing else changes.
/// A weight that was not f32 gets a Cast to its type. Adds what the new tokens
/// stand for to `contents`.
void quantize_weights(::onnx::ModelProto& model, const main_tensors& tensors,
                      const std::vector<size_t>& chosen,
                      std::vector<tensor_content>& contents);

} // namespace trivium::storage::onnx_io

#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace trivium::accelerators::test {

/// ONNX files as bytes, opset 13. In all of them −1 is a dynamic dimension.

/// y[N, outputs] = x[N, inputs] · W. Weights are int8 behind a per-column
/// DequantizeLinear, or (dequantized) the same numbers in f32.
[[nodiscard]] std::string linear_graph(int64_t inputs, int64_t outputs,
                                       bool dequantized);

/// y = Conv(x[1, 8, 16, 16], W[16, 8, 3, 3]), weights as above, per output
/// channel.
[[nodiscard]] std::string convolution_graph(bool dequantized);

/// The elements of a[N] i64 that exceed 2, as bool, under "is_large".
[[nodiscard]] std::string comparison_graph();

/// One node of a domain that no runtime knows.
[[nodiscard]] std::string unknown_operator_graph();

/// A Loop whose condition stays true for 2^62 rounds.
[[nodiscard]] std::string endless_graph();

/// ConstantOfShape(shape) of a fed i64 shape: as large as the feed says.
[[nodiscard]] std::string expanding_graph();

} // namespace trivium::accelerators::test

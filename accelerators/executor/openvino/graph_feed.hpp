#pragma once

#include "messages/values/ec.hpp"
#include "messages/values/tensor_value.hpp"

#include <openvino/openvino.hpp>

#include <string>

namespace trivium::accelerators {

/// OpenVINO's element type for ours; `dynamic` where it has none.
[[nodiscard]] ov::element::Type element_type(tensor_type type);

/// Ours for OpenVINO's; `unknown` for strings, sub-byte types and the like.
[[nodiscard]] tensor_type type_of(const ov::element::Type& type);

/// A view of `feed` as `port` wants it; the feed must outlive it. Error:
/// invalid_argument when type or shape do not fit.
[[nodiscard]] expected<ov::Tensor>
as_feed(const ov::Output<const ov::Node>& port, const tensor_value& feed);

/// A copy of a result. Error: unsupported for a type without a size.
[[nodiscard]] expected<tensor_value> as_output(std::string name,
                                               const ov::Tensor& result);

/// The graph's own name of an input or output; every port of an ONNX graph has
/// one, while its tensor may have several.
[[nodiscard]] std::string port_name(const ov::Output<const ov::Node>& port);

/// OpenVINO's words on one line of at most 600 bytes, without the places in its
/// sources.
[[nodiscard]] std::string runtime_words(std::string_view text);

} // namespace trivium::accelerators

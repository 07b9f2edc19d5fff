#pragma once

#include <string>
#include <string_view>

namespace trivium::storage::onnx_io {

/// A name out of a file as error texts show it: in quotes, control characters
/// escaped, cut after 128 bytes.
[[nodiscard]] std::string shown_name(std::string_view name);

} // namespace trivium::storage::onnx_io

#pragma once

#include "storage/formats/model_source.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace trivium::storage::onnx_io {

/// Appends the low `width` bytes of `value`, little endian.
void append_element(std::vector<std::byte>& bytes, uint64_t value,
                    size_t width);

/// Decodes a packed varint field to elements of `width` bytes. Stops at once
/// when there are not exactly `elements`. Error: invalid_argument.
[[nodiscard]] expected<std::vector<std::byte>>
unpack_varints(const readable_file& file, const file_span& where,
               uint64_t elements, size_t width);

} // namespace trivium::storage::onnx_io

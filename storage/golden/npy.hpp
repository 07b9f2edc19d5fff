#pragma once

#include "messages/values/tensor_value.hpp"
#include "storage/file_io/readable_file.hpp"
#include "storage/golden/npy_header.hpp"

#include <filesystem>

namespace trivium::storage {

/// Reads one array; its name stays empty. The file must end where its values
/// do. Errors: invalid_argument, unsupported (see parse_npy_header),
/// resource_exhausted above `limit` bytes of values.
[[nodiscard]] expected<tensor_value> read_npy(const readable_file& file,
                                              uint64_t limit);

/// Writes one array atomically, for numpy.load. Errors: invalid_argument
/// when the bytes do not fit shape × type, unsupported, those of write_file.
[[nodiscard]] expected<void> write_npy(const std::filesystem::path& path,
                                       const tensor_value& tensor);

} // namespace trivium::storage

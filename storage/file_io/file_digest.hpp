#pragma once

#include "messages/values/digest.hpp"
#include "storage/file_io/readable_file.hpp"

namespace trivium::storage {

/// SHA-256 of a whole file, read in pieces of 1 MiB. Errors: those of reading.
[[nodiscard]] expected<digest> sha256_of(const readable_file& file);

} // namespace trivium::storage

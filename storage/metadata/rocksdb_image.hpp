#pragma once

#include "messages/values/ec.hpp"
#include "storage/metadata/image/image.hpp"
#include "storage/metadata/rocksdb_database.hpp"

#include <filesystem>

namespace trivium::storage {

/// What stands in the database at its head, by one look at each value it holds.
/// Errors: data_loss and what a read of RocksDB says; `folder` for their texts.
[[nodiscard]] expected<image_ptr>
load_image(const rocksdb_database& database, revision head,
           const std::filesystem::path& folder);

} // namespace trivium::storage

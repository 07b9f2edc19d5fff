#pragma once

#include "storage/metadata/backup/backup_manifest.hpp"
#include "storage/metadata/backup/long_work.hpp"
#include "storage/metadata/rocksdb_database.hpp"

#include <cstdint>
#include <filesystem>

namespace trivium::storage {

/// metadata_store::backup of an open database of the store in `store`: a
/// checkpoint there, which links files for as long as it takes, is copied to
/// `folder`.
[[nodiscard]] expected<backup_manifest> write_backup(
  const rocksdb_database& database, const std::filesystem::path& store,
  const std::filesystem::path& folder, int64_t now_ms, const long_work& work);

} // namespace trivium::storage

#pragma once

#include "storage/metadata/backup/backup_manifest.hpp"
#include "storage/metadata/backup/long_work.hpp"

#include <filesystem>

namespace trivium::storage {

/// Makes the store `folder` of a backup, durable on return; until then nothing
/// is there. Every byte is held against the manifest. Leases begin with their
/// whole ttl. Errors: not_found (no backup), data_loss (it is damaged),
/// unsupported (of another format), already_exists (the folder is not empty),
/// resource_exhausted, cancelled.
[[nodiscard]] expected<backup_manifest>
restore_metadata(const std::filesystem::path& backup,
                 const std::filesystem::path& folder,
                 const long_work& work = {});

} // namespace trivium::storage

#pragma once

#include "messages/values/backup.hpp"
#include "messages/values/ec.hpp"
#include "storage/metadata/backup/long_work.hpp"
#include "storage/metadata/metadata_store.hpp"

#include <filesystem>

namespace trivium::actors {

/// Copies the metadata store to `folder` while it goes on. For any thread.
/// Errors: those of metadata_store::backup.
[[nodiscard]] expected<backup_summary>
make_backup(const storage::metadata_store& metadata,
            const std::filesystem::path& folder,
            const storage::long_work& work);

// The store `root` itself, without actors, where no node serves it.

/// The same. Errors: not_found (there is no store), unavailable (a process
/// holds it), those of opening it.
[[nodiscard]] expected<backup_summary>
back_up_store(const std::filesystem::path& root,
              const std::filesystem::path& folder,
              const storage::long_work& work);

/// Makes the metadata store of `root`, where there must be none, of a backup.
/// Errors: those of storage::restore_metadata.
[[nodiscard]] expected<backup_summary>
restore_store(const std::filesystem::path& backup,
              const std::filesystem::path& root,
              const storage::long_work& work);

/// Reads all of the metadata in `folder`, a store or a backup, and looks which
/// blobs a store misses; changes nothing. Errors: those of
/// storage::check_metadata.
[[nodiscard]] expected<store_check>
check_store(const std::filesystem::path& folder,
            const storage::long_work& work);

} // namespace trivium::actors

#include "storage/metadata/backup/restore.hpp"

#include "storage/file_io/errno_text.hpp"
#include "storage/file_io/folders.hpp"
#include "storage/file_io/process_folder.hpp"
#include "storage/file_io/staged_file.hpp"
#include "storage/metadata/backup/file_copy.hpp"
#include "storage/metadata/head_record.hpp"
#include "storage/metadata/record_layout.hpp"
#include "storage/metadata/rocksdb_database.hpp"

namespace trivium::storage {

namespace {

expected<void> check_head(const std::filesystem::path& database,
                          const backup_manifest& manifest) {
  TRIVIUM_TRY(const auto copy, rocksdb_database::open_read_only(database));
  TRIVIUM_TRY(const auto head, copy.number(layout::head_key));
  if (head == manifest.head)
    return {};
  return fail(ec::data_loss, "backup: its database ends at revision "
                               + std::to_string(head) + ", its manifest says "
                               + std::to_string(manifest.head));
}

} // namespace

expected<backup_manifest> restore_metadata(const std::filesystem::path& backup,
                                           const std::filesystem::path& folder,
                                           const long_work& work) {
  TRIVIUM_TRY(auto manifest, read_backup_manifest(backup));
  TRIVIUM_TRY(const auto target, folder_target(folder));
  TRIVIUM_TRY(const auto partial, process_folder::beside(target));
  copy_progress progress{work, manifest.size_bytes()};
  TRIVIUM_CHECK(require_free_bytes(partial.path(), progress.all_bytes));
  const auto database = partial.path() / "rocksdb";
  TRIVIUM_CHECK(make_folders(database));
  for (const auto& file : manifest.files) {
    TRIVIUM_TRY(
      const auto sha256,
      copy_file(backup / file.path, partial.path() / file.path, progress));
    if (sha256 != file.sha256)
      return fail(ec::data_loss, shown(backup / file.path)
                                   + ": is not what was backed up: its "
                                     "SHA-256 differs");
  }
  TRIVIUM_CHECK(sync_folder(database));
  TRIVIUM_CHECK(check_head(database, manifest));
  {
    TRIVIUM_TRY(const auto acknowledged,
                head_record::open(partial.path() / "head", manifest.head));
  }
  TRIVIUM_CHECK(put_in_place(partial.path(), target));
  return manifest;
}

} // namespace trivium::storage

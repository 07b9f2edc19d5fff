#include "storage/metadata/backup/write_backup.hpp"

#include "storage/file_io/errno_text.hpp"
#include "storage/file_io/folders.hpp"
#include "storage/file_io/process_folder.hpp"
#include "storage/file_io/staged_file.hpp"
#include "storage/metadata/backup/file_copy.hpp"
#include "storage/metadata/record_layout.hpp"
#include "storage/metadata/rocksdb_status.hpp"

#include <rocksdb/utilities/checkpoint.h>

#include <algorithm>
#include <memory>
#include <span>

namespace trivium::storage {

namespace fs = std::filesystem;

namespace {

expected<void> make_checkpoint(const rocksdb_database& database,
                               const fs::path& path) {
  rocksdb::Checkpoint* made = nullptr;
  auto status = rocksdb::Checkpoint::Create(&*database, &made);
  const std::unique_ptr<rocksdb::Checkpoint> checkpoint{made};
  if (status.ok())
    status = checkpoint->CreateCheckpoint(path.native());
  if (!status.ok())
    return fail(rocksdb_error(status, "make a checkpoint", path));
  return {};
}

/// By name, without digests yet.
expected<std::vector<backup_file>> files_of(const fs::path& checkpoint) {
  std::vector<backup_file> files;
  std::error_code reason;
  for (fs::directory_iterator entry{checkpoint, reason}, end;
       !reason && entry != end; entry.increment(reason)) {
    const auto size = entry->file_size(reason);
    if (reason)
      break;
    files.push_back({"rocksdb/" + entry->path().filename().native(), size, {}});
  }
  if (reason)
    return fail(errno_error(reason.value(), "cannot list", checkpoint));
  std::sort(files.begin(), files.end(),
            [](const auto& a, const auto& b) { return a.path < b.path; });
  return files;
}

/// What a copy holds, not what the store held at about that time.
expected<revision> head_of(const fs::path& database) {
  TRIVIUM_TRY(const auto copy, rocksdb_database::open_read_only(database));
  return copy.number(layout::head_key);
}

} // namespace

expected<backup_manifest> write_backup(const rocksdb_database& database,
                                       const fs::path& store,
                                       const fs::path& folder, int64_t now_ms,
                                       const long_work& work) {
  TRIVIUM_TRY(const auto target, folder_target(folder));
  TRIVIUM_CHECK(work.go_on(0, 0, target));
  // Beside the tables, so that they can be linked; what a process that died
  // left there goes when the store is opened.
  TRIVIUM_TRY(const auto linked, process_folder::beside(store / "checkpoint"));
  TRIVIUM_CHECK(make_checkpoint(database, linked.path() / "rocksdb"));
  TRIVIUM_TRY(const auto partial, process_folder::beside(target));
  backup_manifest manifest{layout::format_version, 0, now_ms, {}};
  TRIVIUM_TRY(manifest.files, files_of(linked.path() / "rocksdb"));
  copy_progress progress{work, manifest.size_bytes()};
  TRIVIUM_CHECK(require_free_bytes(partial.path(), progress.all_bytes));
  TRIVIUM_CHECK(make_folders(partial.path() / "rocksdb"));
  for (auto& file : manifest.files) {
    TRIVIUM_TRY(file.sha256, copy_file(linked.path() / file.path,
                                       partial.path() / file.path, progress));
  }
  TRIVIUM_CHECK(sync_folder(partial.path() / "rocksdb"));
  TRIVIUM_TRY(manifest.head, head_of(partial.path() / "rocksdb"));
  const auto text = encode(manifest);
  TRIVIUM_CHECK(write_file(partial.path() / backup_manifest_name,
                           std::as_bytes(std::span{text})));
  TRIVIUM_CHECK(put_in_place(partial.path(), target));
  return manifest;
}

} // namespace trivium::storage

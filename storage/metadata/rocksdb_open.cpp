#include "storage/metadata/rocksdb_store.hpp"

#include "storage/file_io/errno_text.hpp"
#include "storage/file_io/folders.hpp"
#include "storage/metadata/rocksdb_image.hpp"
#include "storage/metadata/rocksdb_status.hpp"

#include <rocksdb/cache.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>

#include <algorithm>
#include <chrono>

namespace trivium::storage {

namespace {

/// How far back from the head the log is checked for gaps: more commits than
/// the write buffers, and so the logs that are replayed, hold.
constexpr uint64_t gap_check_revisions = 65'536;

rocksdb::Options small_options() {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(size_t{8} << 20);
  table.cache_index_and_filter_blocks = true;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));

  rocksdb::Options options;
  options.create_if_missing = true;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options.write_buffer_size = size_t{8} << 20;
  options.max_write_buffer_number = 2;
  options.max_total_wal_size = size_t{32} << 20;
  options.max_background_jobs = 2;
  options.max_open_files = 256;
  // The default drops acknowledged commits behind a flipped bit, silently.
  options.wal_recovery_mode =
    rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  options.avoid_flush_during_shutdown = true;
  options.info_log_level = rocksdb::WARN_LEVEL;
  options.max_log_file_size = size_t{1} << 20;
  options.keep_log_file_num = 2;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  return options;
}

/// nullopt where the key is missing.
expected<std::optional<std::string>>
read_meta(rocksdb::DB& database, std::string_view key,
          const std::filesystem::path& folder) {
  std::string value;
  const auto status = database.Get({}, rocksdb::Slice{key}, &value);
  if (status.IsNotFound())
    return std::nullopt;
  if (!status.ok())
    return fail(rocksdb_error(status, "read", folder));
  return value;
}

bool is_empty(rocksdb::DB& database) {
  const std::unique_ptr<rocksdb::Iterator> all{database.NewIterator({})};
  all->SeekToFirst();
  return !all->Valid() && all->status().ok();
}

expected<void> check_format(rocksdb::DB& database,
                            const std::filesystem::path& folder) {
  TRIVIUM_TRY(const auto stored,
              read_meta(database, layout::format_key, folder));
  if (!stored && is_empty(database)) {
    rocksdb::WriteOptions synced;
    synced.sync = true;
    const auto status =
      database.Put(synced, rocksdb::Slice{layout::format_key},
                   layout::encode_number(layout::format_version));
    if (!status.ok())
      return fail(rocksdb_error(status, "write", folder));
    return {};
  }
  if (!stored)
    return fail(ec::data_loss,
                shown(folder) + ": has keys but no format version");
  TRIVIUM_TRY(const auto version, layout::decode_number(*stored));
  if (version > layout::format_version)
    return fail(ec::unsupported, shown(folder) + ": has format version "
                                   + std::to_string(version)
                                   + ", this build reads up to "
                                   + std::to_string(layout::format_version));
  return {};
}

expected<revision> read_head(rocksdb::DB& database,
                             const std::filesystem::path& folder) {
  TRIVIUM_TRY(const auto stored, read_meta(database, layout::head_key, folder));
  if (!stored)
    return 0;
  return layout::decode_number(*stored);
}

expected<revision> read_compacted(rocksdb::DB& database,
                                  const std::filesystem::path& folder) {
  TRIVIUM_TRY(const auto stored,
              read_meta(database, layout::compacted_key, folder));
  if (!stored)
    return 0;
  return layout::decode_number(*stored);
}

expected<void> check_acknowledged(std::optional<revision> acknowledged,
                                  revision head,
                                  const std::filesystem::path& folder) {
  if (!acknowledged || *acknowledged <= head)
    return {};
  return fail(ec::data_loss,
              shown(folder) + ": the log lost "
                + std::to_string(*acknowledged - head)
                + " acknowledged revisions: it ends at " + std::to_string(head)
                + ", " + std::to_string(*acknowledged)
                + " was acknowledged; restore a backup, or remove "
                + shown(folder / "head") + " to accept the loss");
}

/// A log that was replayed without its last record, under a later one, leaves
/// a gap that RocksDB does not see.
expected<void> check_gaps(rocksdb::DB& database, revision head,
                          revision compacted,
                          const std::filesystem::path& folder) {
  auto wanted = head > gap_check_revisions ? head - gap_check_revisions + 1 : 1;
  wanted = std::max(wanted, compacted);
  const std::unique_ptr<rocksdb::Iterator> log{database.NewIterator({})};
  log->Seek(layout::change_key(wanted));
  for (; wanted <= head; ++wanted, log->Next()) {
    if (!log->status().ok())
      return fail(rocksdb_error(log->status(), "read", folder));
    if (!log->Valid() || log->key() != layout::change_key(wanted))
      return fail(ec::data_loss, shown(folder) + ": the log has no revision "
                                   + std::to_string(wanted) + ", its head is "
                                   + std::to_string(head));
  }
  return {};
}

/// A database that vanished must not be replaced by an empty one.
expected<void> check_present(const std::filesystem::path& database,
                             std::optional<revision> acknowledged) {
  std::error_code reason;
  if (acknowledged.value_or(0) == 0
      || std::filesystem::exists(database / "CURRENT", reason))
    return {};
  if (reason)
    return fail(
      errno_error(reason.value(), "cannot look for the database", database));
  return fail(ec::data_loss,
              shown(database) + ": no database is there, but revision "
                + std::to_string(*acknowledged) + " was acknowledged");
}

int64_t system_now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
           std::chrono::system_clock::now().time_since_epoch())
    .count();
}

} // namespace

expected<std::unique_ptr<rocksdb_store>>
open_rocksdb(const std::filesystem::path& folder, metadata_options options) {
  if (!options.now_ms)
    options.now_ms = system_now_ms;
  TRIVIUM_CHECK(make_folders(folder));
  TRIVIUM_TRY(auto owner, owner_lock::take(folder));
  TRIVIUM_TRY(const auto acknowledged, head_record::read(folder / "head"));
  const auto path = folder / "rocksdb";
  TRIVIUM_CHECK(check_present(path, acknowledged));

  rocksdb::DB* opened = nullptr;
  const auto status = rocksdb::DB::Open(small_options(), path, &opened);
  if (!status.ok())
    return fail(rocksdb_error(status, "open", folder));
  std::unique_ptr<rocksdb::DB> database{opened};

  TRIVIUM_CHECK(check_format(*database, folder));
  TRIVIUM_TRY(const auto head, read_head(*database, folder));
  TRIVIUM_CHECK(check_acknowledged(acknowledged, head, folder));
  TRIVIUM_TRY(const auto compacted, read_compacted(*database, folder));
  TRIVIUM_CHECK(check_gaps(*database, head, compacted, folder));
  TRIVIUM_TRY(auto loaded, load_image(*database, head, folder));
  TRIVIUM_TRY(auto record, head_record::open(folder / "head", head));
  return std::make_unique<rocksdb_store>(
    folder, std::move(options), std::move(owner), std::move(database),
    std::move(record), std::move(loaded), compacted);
}

expected<std::unique_ptr<metadata_store>>
metadata_store::open(const std::filesystem::path& folder,
                     metadata_options options) {
  TRIVIUM_TRY(auto store, open_rocksdb(folder, std::move(options)));
  return std::unique_ptr<metadata_store>{std::move(store)};
}

} // namespace trivium::storage

#include "storage/metadata/rocksdb_database.hpp"

#include "storage/file_io/errno_text.hpp"
#include "storage/metadata/record_layout.hpp"
#include "storage/metadata/rocksdb_status.hpp"

#include <rocksdb/cache.h>
#include <rocksdb/env.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>

#include <algorithm>
#include <optional>
#include <vector>

namespace trivium::storage {

namespace {

constexpr auto changes_family = "changes";

rocksdb::DBOptions database_options() {
  rocksdb::DBOptions options;
  options.atomic_flush = true;
  options.max_total_wal_size = rocksdb_database::max_log_bytes;
  options.max_background_jobs = 2;
  options.max_open_files = 256;
  // Large tables go to the disk as they are written, not before a commit's
  // sync.
  options.bytes_per_sync = size_t{1} << 20;
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

/// The information log would be a file in the folder.
class no_log final : public rocksdb::Logger {
public:
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
};

rocksdb::DBOptions read_only_options() {
  auto options = database_options();
  options.info_log = std::make_shared<no_log>();
  return options;
}

/// Reads of what stands never come here, and others look for what is there: no
/// filters, and tables are merged late.
rocksdb::ColumnFamilyOptions
family_options(const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.cache_index_and_filter_blocks = true;
  table.block_size = size_t{16} << 10;

  rocksdb::ColumnFamilyOptions options;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options.compression = rocksdb::kLZ4Compression;
  options.write_buffer_size = size_t{8} << 20;
  options.max_write_buffer_number = 2;
  options.level0_file_num_compaction_trigger = 24;
  options.level0_slowdown_writes_trigger = 48;
  options.level0_stop_writes_trigger = 64;
  options.max_bytes_for_level_base = size_t{512} << 20;
  return options;
}

expected<std::optional<std::string>>
read_meta(rocksdb::DB& database, std::string_view key,
          const std::filesystem::path& path) {
  std::string value;
  const auto status = database.Get({}, rocksdb::Slice{key}, &value);
  if (status.IsNotFound())
    return std::nullopt;
  if (!status.ok())
    return fail(rocksdb_error(status, "read", path));
  return value;
}

bool is_empty(rocksdb::DB& database) {
  const std::unique_ptr<rocksdb::Iterator> all{database.NewIterator({})};
  all->SeekToFirst();
  return !all->Valid() && all->status().ok();
}

/// True: it is a store's. False: it is empty.
expected<bool> check_format(rocksdb::DB& database,
                            const std::filesystem::path& path) {
  TRIVIUM_TRY(const auto stored, read_meta(database, layout::format_key, path));
  if (!stored && is_empty(database))
    return false;
  const auto store = shown(path.parent_path());
  if (!stored)
    return fail(ec::data_loss, store + ": has keys but no format version");
  TRIVIUM_TRY(const auto version, layout::decode_number(*stored));
  const auto seen = store + ": has format version " + std::to_string(version);
  const auto known = std::to_string(layout::format_version);
  if (version < layout::format_version)
    return fail(ec::unsupported, seen + ", which no release wrote; this build "
                                   + "reads " + known
                                   + ": make the store anew");
  if (version > layout::format_version)
    return fail(ec::unsupported, seen + ", this build reads up to " + known);
  return true;
}

/// One without changes is another format's, someone else's, or was made by a
/// process that died over it: then it is empty.
expected<void> check_without_changes(const std::filesystem::path& path) {
  rocksdb::DB* opened = nullptr;
  const rocksdb::Options options{read_only_options(), family_options(nullptr)};
  const auto status =
    rocksdb::DB::OpenForReadOnly(options, path.native(), &opened);
  if (!status.ok())
    return fail(rocksdb_error(status, "open", path.parent_path()));
  const std::unique_ptr<rocksdb::DB> database{opened};
  TRIVIUM_TRY(const auto is_store, check_format(*database, path));
  if (is_store)
    return fail(ec::data_loss,
                shown(path.parent_path()) + ": the changes are missing");
  return {};
}

/// False where there is no database.
expected<bool> has_changes(const std::filesystem::path& path) {
  std::error_code ignored;
  if (!std::filesystem::exists(path / "CURRENT", ignored))
    return false;
  std::vector<std::string> families;
  const auto status = rocksdb::DB::ListColumnFamilies(database_options(),
                                                      path.native(), &families);
  if (!status.ok())
    return fail(rocksdb_error(status, "open", path.parent_path()));
  if (std::count(families.begin(), families.end(), changes_family) > 0)
    return true;
  TRIVIUM_CHECK(check_without_changes(path));
  return false;
}

} // namespace

expected<rocksdb_database>
rocksdb_database::open(const std::filesystem::path& path) {
  TRIVIUM_TRY(const auto is_there, has_changes(path));
  auto options = database_options();
  options.create_if_missing = !is_there;
  options.create_missing_column_families = !is_there;
  const auto family = family_options(rocksdb::NewLRUCache(size_t{8} << 20));
  // Merging tables is never urgent, and the cores are others' as well.
  options.env->LowerThreadPoolCPUPriority(rocksdb::Env::LOW,
                                          rocksdb::CpuPriority::kLow);
  rocksdb::DB* opened = nullptr;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  const auto status = rocksdb::DB::Open(
    options, path.native(),
    {{rocksdb::kDefaultColumnFamilyName, family}, {changes_family, family}},
    &handles, &opened);
  if (!status.ok())
    return fail(rocksdb_error(status, "open", path.parent_path()));
  rocksdb_database database{path, opened, handles[0], handles[1]};
  TRIVIUM_TRY(const auto is_store, check_format(*opened, path));
  if (is_store)
    return database;
  rocksdb::WriteOptions synced;
  synced.sync = true;
  const auto written =
    opened->Put(synced, rocksdb::Slice{layout::format_key},
                layout::encode_number(layout::format_version));
  if (!written.ok())
    return fail(rocksdb_error(written, "write", path.parent_path()));
  return database;
}

expected<rocksdb_database>
rocksdb_database::open_read_only(const std::filesystem::path& path) {
  TRIVIUM_TRY(const auto is_there, has_changes(path));
  if (!is_there)
    return fail(ec::data_loss, shown(path) + ": there is no database");
  const auto family = family_options(rocksdb::NewLRUCache(size_t{8} << 20));
  rocksdb::DB* opened = nullptr;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  const auto status = rocksdb::DB::OpenForReadOnly(
    read_only_options(), path.native(),
    {{rocksdb::kDefaultColumnFamilyName, family}, {changes_family, family}},
    &handles, &opened);
  if (!status.ok())
    return fail(rocksdb_error(status, "open", path.parent_path()));
  rocksdb_database database{path, opened, handles[0], handles[1]};
  TRIVIUM_TRY(const auto is_store, check_format(*opened, path));
  if (!is_store)
    return fail(ec::data_loss, shown(path) + ": the database is empty");
  return database;
}

expected<uint64_t> rocksdb_database::number(std::string_view key) const {
  TRIVIUM_TRY(const auto stored, read_meta(*database_, key, path_));
  if (!stored)
    return 0;
  return layout::decode_number(*stored);
}

std::unique_ptr<rocksdb::Iterator>
rocksdb_database::iterate_values(caching use) const {
  rocksdb::ReadOptions options;
  options.fill_cache = use == caching::yes;
  return std::unique_ptr<rocksdb::Iterator>{database_->NewIterator(options)};
}

std::unique_ptr<rocksdb::Iterator> rocksdb_database::iterate_changes() const {
  return std::unique_ptr<rocksdb::Iterator>{
    database_->NewIterator({}, changes_.get())};
}

void rocksdb_database::flush_when_many() const {
  constexpr uint64_t buffers = 2; // one is filled while another is written
  uint64_t revisions = 0;
  if (!database_->GetIntProperty(
        changes_.get(), rocksdb::DB::Properties::kNumEntriesActiveMemTable,
        &revisions)
      || revisions < gap_check_revisions / buffers / 2)
    return;
  rocksdb::FlushOptions soon;
  soon.wait = false;
  soon.allow_write_stall = true;
  // What cannot be flushed now is tried again by the next commit.
  static_cast<void>(database_->Flush(soon, {values_.get(), changes_.get()}));
}

} // namespace trivium::storage

#include "storage/metadata/rocksdb_store.hpp"

#include "storage/file_io/errno_text.hpp"
#include "storage/file_io/folders.hpp"
#include "storage/file_io/process_folder.hpp"
#include "storage/metadata/boot_clock.hpp"
#include "storage/metadata/rocksdb_image.hpp"
#include "storage/metadata/rocksdb_status.hpp"

#include <algorithm>
#include <chrono>

namespace trivium::storage {

namespace {

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
expected<void> check_gaps(const rocksdb_database& database, revision head,
                          revision compacted,
                          const std::filesystem::path& folder) {
  auto wanted = head > gap_check_revisions ? head - gap_check_revisions + 1 : 1;
  wanted = std::max(wanted, compacted);
  const auto log = database.iterate_changes();
  log->Seek(layout::change_key(wanted));
  for (; wanted <= head; ++wanted, log->Next()) {
    if (!log->status().ok())
      return fail(rocksdb_error(log->status(), "read", folder));
    if (!log->Valid() || log->key() != layout::change_key(wanted))
      return fail(ec::data_loss, shown(folder) + ": the log has no revision "
                                   + std::to_string(wanted) + ", its head is "
                                   + std::to_string(head));
  }
  if (log->Valid())
    return fail(ec::data_loss, shown(folder) + ": the log goes on behind its "
                                 + "head, revision " + std::to_string(head));
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
  if (!options.uptime_ns)
    options.uptime_ns = uptime_ns;
  if (options.boot_id.empty())
    options.boot_id = boot_id();
  TRIVIUM_CHECK(make_folders(folder));
  TRIVIUM_TRY(auto owner, owner_lock::take(folder));
  // A backup that died keeps tables from being removed.
  TRIVIUM_CHECK(collect_abandoned_partial(folder, false));
  TRIVIUM_TRY(const auto acknowledged, head_record::read(folder / "head"));
  const auto path = folder / "rocksdb";
  TRIVIUM_CHECK(check_present(path, acknowledged));

  TRIVIUM_TRY(auto database, rocksdb_database::open(path));
  TRIVIUM_TRY(const auto head, database.number(layout::head_key));
  TRIVIUM_CHECK(check_acknowledged(acknowledged, head, folder));
  TRIVIUM_TRY(const auto compacted, database.number(layout::compacted_key));
  TRIVIUM_CHECK(check_gaps(database, head, compacted, folder));
  TRIVIUM_TRY(auto now, load_image(database, head, folder));
  TRIVIUM_TRY(auto leases,
              lease_table::load(*now, folder / "leases", options.boot_id,
                                options.uptime_ns));
  TRIVIUM_TRY(auto record, head_record::open(folder / "head", head));
  return std::make_unique<rocksdb_store>(
    folder, std::move(options), std::move(owner), std::move(database),
    std::move(record), std::move(now), std::move(leases), compacted);
}

expected<std::unique_ptr<metadata_store>>
metadata_store::open(const std::filesystem::path& folder,
                     metadata_options options) {
  TRIVIUM_TRY(auto store, open_rocksdb(folder, std::move(options)));
  return std::unique_ptr<metadata_store>{std::move(store)};
}

} // namespace trivium::storage

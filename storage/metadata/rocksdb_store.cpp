#include "storage/metadata/rocksdb_store.hpp"

#include "messages/values/keys.hpp"
#include "messages/values/names.hpp"
#include "storage/file_io/errno_text.hpp"
#include "storage/file_io/staged_file.hpp"
#include "storage/metadata/backup/write_backup.hpp"
#include "storage/metadata/event_keys.hpp"
#include "storage/metadata/rocksdb_status.hpp"
#include "storage/metadata/transaction_limits.hpp"

#include <algorithm>

namespace trivium::storage {

namespace {

tl::unexpected<error> no_such_key(const std::string& key, revision at) {
  return fail(ec::not_found, "no key \"" + printable(key) + "\" at revision "
                               + std::to_string(at));
}

std::string compacted_text(revision wanted, revision compacted) {
  return "revision " + std::to_string(wanted)
         + " is no longer kept; the oldest one is " + std::to_string(compacted);
}

} // namespace

rocksdb_store::rocksdb_store(std::filesystem::path folder,
                             metadata_options options, owner_lock owner,
                             rocksdb_database database,
                             head_record acknowledged, image_ptr now,
                             std::unique_ptr<lease_table> leases,
                             revision compacted)
  : folder_(std::move(folder)), options_(std::move(options)),
    owner_(std::move(owner)), database_(std::move(database)),
    past_(database_, folder_), acknowledged_(std::move(acknowledged)),
    images_(std::move(now)), recent_(head()), leases_(std::move(leases)),
    compacted_(compacted) {}

// --- writing -----------------------------------------------------------------

expected<std::vector<commit_result>>
rocksdb_store::commit(std::span<const transaction> transactions) {
  if (!failed_write_.empty())
    return fail(ec::unavailable, failed_write_);
  uint64_t bytes = 0;
  for (const auto& txn : transactions) {
    TRIVIUM_TRY(const auto size, check_transaction(txn));
    bytes += size;
  }
  if (bytes > max_commit_bytes)
    return fail(ec::invalid_argument,
                "commit of " + std::to_string(bytes) + " bytes; at most "
                  + std::to_string(max_commit_bytes) + " at once");
  const auto now = images_.newest();
  pending_commit pending{
    database_,         *now,
    *leases_,          [this](const std::string& key) { return event(key); },
    options_.now_ms(), bytes};
  std::vector<commit_result> results;
  results.reserve(transactions.size());
  for (const auto& txn : transactions) {
    TRIVIUM_TRY(auto result, pending.apply(txn));
    results.push_back(result);
  }
  if (pending.head() == now->head())
    return results;
  TRIVIUM_CHECK(write(pending.take_batch()));
  // The commit is durable already. A record that could not be written stays
  // behind, which is allowed, and the next commit writes it again.
  static_cast<void>(acknowledged_.write(pending.head()));
  leases_->apply(pending.lease_steps());
  // Before the head: up to it nobody misses one.
  recent_.append(pending.take_changes());
  images_.publish(pending.take_image());
  database_.flush_when_many();
  return results;
}

expected<void> rocksdb_store::write(rocksdb::WriteBatch batch) {
  // RocksDB must not meet a full disk: its own asserts may end the process.
  TRIVIUM_CHECK(
    require_free_bytes(folder_, options_.reserve_bytes + batch.GetDataSize()));
  rocksdb::WriteOptions synced;
  synced.sync = true;
  const auto status = database_->Write(synced, &batch);
  if (status.ok())
    return {};
  // The log may or may not hold the batch. Going on could give its revisions
  // to other transactions; only the next open can tell.
  failed_write_ = rocksdb_error(status, "write", folder_).text
                  + "; no more is written until the store is opened again";
  return fail(ec::outcome_unknown, failed_write_);
}

expected<entry_ptr> rocksdb_store::event(const std::string& key) const {
  auto found = get(key, 0);
  if (!found && found.error().code == ec::not_found)
    return nullptr;
  if (!found)
    return fail(std::move(found.error()));
  return image_entry::make(*found);
}

expected<backup_manifest>
rocksdb_store::backup(const std::filesystem::path& folder,
                      const long_work& work) const {
  // A checkpoint writes what is in memory to tables and copies the log.
  TRIVIUM_CHECK(require_free_bytes(
    folder_, options_.reserve_bytes + 2 * rocksdb_database::max_log_bytes));
  return write_backup(database_, folder_, folder, options_.now_ms(), work);
}

// --- forgetting --------------------------------------------------------------

expected<bool> rocksdb_store::compact(revision before, size_t values) {
  if (!failed_write_.empty())
    return fail(ec::unavailable, failed_write_);
  TRIVIUM_CHECK(resolved(before, head()));
  if (before < compacted_ || (before == compacted_ && !compaction_))
    return true;
  if (before > compacted_) {
    // First told, then done: a crash between leaves what nobody may read.
    rocksdb::WriteBatch told;
    told.Put(rocksdb::Slice{layout::compacted_key},
             layout::encode_number(before));
    TRIVIUM_CHECK(write(std::move(told)));
    compacted_ = before;
    compaction_.emplace(database_, before);
  }
  rocksdb::WriteBatch batch;
  TRIVIUM_TRY(const auto is_done, compaction_->step(values, batch));
  if (is_done)
    compaction_.reset();
  if (batch.Count() > 0)
    TRIVIUM_CHECK(write(std::move(batch)));
  return is_done;
}

expected<revision> rocksdb_store::revision_at(int64_t time) const {
  const auto oldest = std::max<revision>(compacted_, 1);
  auto low = oldest;
  auto high = head() + 1; // the first that is known to be later, or not there
  while (low < high) {
    const auto middle = low + (high - low) / 2;
    TRIVIUM_TRY(const auto at, past_.committed_at(middle));
    if (at <= time)
      low = middle + 1;
    else
      high = middle;
  }
  if (low == oldest && compacted_ > 0)
    return fail(ec::compacted,
                "that time is before the oldest revision that is kept, "
                  + std::to_string(oldest));
  return low - 1;
}

// --- reading -----------------------------------------------------------------

expected<key_value> rocksdb_store::get(const std::string& key,
                                       revision at) const {
  TRIVIUM_CHECK(check_key(key));
  const auto now = images_.newest();
  TRIVIUM_TRY(at, resolved(at, now->head()));
  if (const auto* entry = now->find(key); entry && entry->modified() <= at)
    return entry->copy();
  if (at == now->head() && !is_event(key))
    return no_such_key(key, at);
  TRIVIUM_CHECK(check_kept(key, at));
  if (is_forgotten(key))
    return no_such_key(key, at);
  TRIVIUM_TRY(auto found, past_.value_at(key, at));
  TRIVIUM_CHECK(check_kept(key, at)); // it may have been forgotten meanwhile
  if (!found)
    return no_such_key(key, at);
  return *std::move(found);
}

expected<std::vector<key_value>>
rocksdb_store::range(const std::string& prefix, revision at, size_t limit,
                     const std::string& after) const {
  const auto now = images_.newest();
  TRIVIUM_TRY(at, resolved(at, now->head()));
  // No key holds a zero byte: the first one behind `after`.
  const auto from = after.empty() ? after : after + '\0';
  std::vector<key_value> found;
  if (at == now->head()) {
    now->visit(prefix, from, [&](const image_entry& entry) {
      found.push_back(entry.copy());
      return limit == 0 || found.size() < limit;
    });
    if (!may_hold_events(prefix))
      return found;
  }
  TRIVIUM_CHECK(check_kept(prefix, at));
  if (at < now->head()) {
    TRIVIUM_TRY(found, past_.values_at(prefix, after, at, limit));
    TRIVIUM_CHECK(check_kept(prefix, at)); // forgotten meanwhile
  }
  if (!may_hold_events(prefix))
    return found;
  TRIVIUM_TRY(auto events,
              past_.events_at(prefix, after, compacted_, at, limit));
  const auto place = std::lower_bound(
    found.begin(), found.end(), keys::events_prefix,
    [](const key_value& one, std::string_view key) { return one.key < key; });
  found.insert(place, std::make_move_iterator(events.begin()),
               std::make_move_iterator(events.end()));
  if (limit != 0 && found.size() > limit)
    found.resize(limit);
  return found;
}

expected<std::vector<change>>
rocksdb_store::history(const std::string& key) const {
  TRIVIUM_CHECK(check_key(key));
  if (is_forgotten(key))
    return std::vector<change>{};
  return past_.history(key, head());
}

expected<std::vector<change>> rocksdb_store::changes(revision from,
                                                     size_t limit) const {
  const auto head = this->head();
  // The change of revision compacted() itself stays, but not all that it did.
  if (compacted_ > 0 && from <= compacted_)
    return fail(ec::compacted, compacted_text(from, compacted_));
  if (auto found = recent_.changes(from, limit, head))
    return *std::move(found);
  auto found = past_.changes(from, limit, head);
  if (compacted_ > 0 && from <= compacted_) // forgotten meanwhile
    return fail(ec::compacted, compacted_text(from, compacted_));
  return found;
}

expected<void> rocksdb_store::check_kept(std::string_view key,
                                         revision at) const {
  if (at >= compacted_ || keeps_history(key))
    return {};
  return fail(ec::compacted, compacted_text(at, compacted_));
}

bool rocksdb_store::is_forgotten(const std::string& key) const {
  return is_event(key) && revision_of_event(key) < compacted_;
}

expected<revision> rocksdb_store::resolved(revision at, revision head) {
  if (at > head)
    return fail(ec::invalid_argument, "revision " + std::to_string(at)
                                        + " is still to come; the store is at "
                                        + std::to_string(head));
  return at == 0 ? head : at;
}

} // namespace trivium::storage

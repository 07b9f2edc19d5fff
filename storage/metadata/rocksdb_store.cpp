#include "storage/metadata/rocksdb_store.hpp"

#include "messages/values/names.hpp"
#include "storage/file_io/errno_text.hpp"
#include "storage/file_io/staged_file.hpp"
#include "storage/metadata/rocksdb_image.hpp"
#include "storage/metadata/rocksdb_status.hpp"
#include "storage/metadata/transaction_limits.hpp"

#include <algorithm>

namespace trivium::storage {

namespace {

std::string_view view(const rocksdb::Slice& slice) {
  return {slice.data(), slice.size()};
}

bool starts_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

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
                             std::unique_ptr<rocksdb::DB> database,
                             head_record acknowledged, loaded_image loaded,
                             revision compacted)
  : folder_(std::move(folder)), options_(std::move(options)),
    owner_(std::move(owner)), database_(std::move(database)),
    acknowledged_(std::move(acknowledged)), images_(std::move(loaded.now)),
    last_event_(std::move(loaded.last_event)), compacted_(compacted) {}

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
  const auto before = head();
  pending_commit pending{[this](const std::string& key) { return state(key); },
                         before, options_.now_ms()};
  std::vector<commit_result> results;
  results.reserve(transactions.size());
  for (const auto& txn : transactions) {
    TRIVIUM_TRY(auto result, pending.apply(txn));
    results.push_back(result);
  }
  if (pending.head() == before)
    return results;
  TRIVIUM_CHECK(write(pending.take()));
  // The commit is durable already. A record that could not be written stays
  // behind, which is allowed, and the next commit writes it again.
  static_cast<void>(acknowledged_.write(pending.head()));
  publish(pending);
  return results;
}

void rocksdb_store::publish(const pending_commit& written) {
  image_change change{*images_.newest()};
  written.for_each_change([&](const std::string& key, const key_state& after) {
    const auto& entry = after.entry;
    if (!is_imaged(key)) {
      last_event_ = std::max(last_event_, key);
      return;
    }
    if (entry.is_erased)
      change.erase(key);
    else
      change.put(
        {key, after.value, entry.created, entry.modified, entry.version});
  });
  images_.publish(change.finish(written.head()));
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

expected<key_state> rocksdb_store::state(const std::string& key) const {
  if (is_imaged(key))
    return images_.with_newest([&](const image& now) {
      const auto* entry = now.find(key);
      return entry ? key_state{{entry->created(), entry->modified(),
                                entry->version(), false},
                               std::string{entry->value()}}
                   : key_state{{0, 0, 0, true}, {}};
    });
  if (key > last_event_)
    return key_state{{0, 0, 0, true}, {}};
  TRIVIUM_TRY(const auto entry, index(key));
  if (!entry)
    return key_state{{0, 0, 0, true}, {}};
  if (entry->is_erased)
    return key_state{*entry, {}};
  TRIVIUM_TRY(auto found, exactly(key, entry->modified));
  return key_state{*entry, std::move(found.after.value)};
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
    compaction_.emplace(*database_, before);
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
    TRIVIUM_TRY(const auto at, committed_at(middle));
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

expected<int64_t> rocksdb_store::committed_at(revision at) const {
  std::string stored;
  const auto status = database_->Get({}, layout::change_key(at), &stored);
  if (!status.ok())
    return fail(read_error(status));
  TRIVIUM_TRY(const auto record, layout::decode_change(stored));
  return record.committed_at;
}

// --- reading -----------------------------------------------------------------

expected<key_value> rocksdb_store::get(const std::string& key,
                                       revision at) const {
  TRIVIUM_CHECK(check_key(key));
  const auto now = images_.newest();
  TRIVIUM_TRY(at, resolved(at, now->head()));
  if (const auto* entry = now->find(key); entry && entry->modified() <= at)
    return entry->copy();
  if (at == now->head() && is_imaged(key))
    return no_such_key(key, at);
  TRIVIUM_CHECK(check_kept(key, at));
  TRIVIUM_TRY(const auto entry, index(key));
  if (!entry)
    return no_such_key(key, at);
  TRIVIUM_TRY(auto found, value_at(key, *entry, at));
  if (!found)
    return no_such_key(key, at);
  return *std::move(found);
}

expected<std::vector<key_value>> rocksdb_store::range(const std::string& prefix,
                                                      revision at,
                                                      size_t limit) const {
  const auto now = images_.newest();
  TRIVIUM_TRY(at, resolved(at, now->head()));
  std::vector<key_value> found;
  if (at == now->head() && !may_hold_events(prefix)) {
    now->visit(prefix, {}, [&](const image_entry& entry) {
      found.push_back(entry.copy());
      return limit == 0 || found.size() < limit;
    });
    return found;
  }
  TRIVIUM_CHECK(check_kept(prefix, at));
  const auto from = layout::index_key(prefix);
  const auto keys = iterate();
  for (keys->Seek(from); keys->Valid(); keys->Next()) {
    if (!starts_with(view(keys->key()), from)
        || (limit != 0 && found.size() == limit))
      break;
    const std::string key{view(keys->key()).substr(1)};
    TRIVIUM_TRY(const auto entry, layout::decode_index(view(keys->value())));
    TRIVIUM_TRY(auto value, value_at(key, entry, at));
    if (value)
      found.push_back(*std::move(value));
  }
  if (!keys->status().ok())
    return fail(read_error(keys->status()));
  return found;
}

expected<std::vector<change>>
rocksdb_store::history(const std::string& key) const {
  TRIVIUM_CHECK(check_key(key));
  const auto head = this->head();
  const auto from = layout::value_prefix(key);
  std::vector<change> found;
  const auto values = iterate();
  for (values->Seek(from); values->Valid(); values->Next()) {
    if (!starts_with(view(values->key()), from))
      break;
    TRIVIUM_TRY(const auto modified, layout::revision_of(view(values->key())));
    if (modified > head)
      break;
    TRIVIUM_TRY(auto one, parse(key, modified, view(values->value())));
    found.push_back(std::move(one));
  }
  if (!values->status().ok())
    return fail(read_error(values->status()));
  return found;
}

expected<std::vector<change>> rocksdb_store::changes(revision from,
                                                     size_t limit) const {
  const auto head = this->head();
  // The change of revision compacted() itself stays, but not all that it did.
  if (compacted_ > 0 && from <= compacted_)
    return fail(ec::compacted, compacted_text(from, compacted_));
  std::vector<change> found;
  const auto log = iterate();
  for (log->Seek(layout::change_key(from)); log->Valid() && limit > 0;
       log->Next(), --limit) {
    if (log->key()[0] != layout::change_space)
      break;
    TRIVIUM_TRY(const auto at, layout::revision_of(view(log->key())));
    if (at > head)
      break;
    TRIVIUM_TRY(auto record, layout::decode_change(view(log->value())));
    for (auto& changed : record.keys) {
      TRIVIUM_TRY(auto one, exactly(changed.key, at));
      found.push_back(std::move(one));
    }
  }
  if (!log->status().ok())
    return fail(read_error(log->status()));
  return found;
}

expected<void> rocksdb_store::check_kept(std::string_view key,
                                         revision at) const {
  if (at >= compacted_ || keeps_history(key))
    return {};
  return fail(ec::compacted, compacted_text(at, compacted_));
}

expected<revision> rocksdb_store::resolved(revision at, revision head) {
  if (at > head)
    return fail(ec::invalid_argument, "revision " + std::to_string(at)
                                        + " is still to come; the store is at "
                                        + std::to_string(head));
  return at == 0 ? head : at;
}

expected<std::optional<layout::index_entry>>
rocksdb_store::index(const std::string& key) const {
  std::string stored;
  const auto status = database_->Get({}, layout::index_key(key), &stored);
  if (status.IsNotFound())
    return std::nullopt;
  if (!status.ok())
    return fail(read_error(status));
  return layout::decode_index(stored);
}

expected<std::optional<key_value>>
rocksdb_store::value_at(const std::string& key,
                        const layout::index_entry& entry, revision at) const {
  if (entry.modified <= at) {
    if (entry.is_erased)
      return std::nullopt;
    TRIVIUM_TRY(auto found, exactly(key, entry.modified));
    return std::move(found.after);
  }
  const auto values = iterate();
  values->SeekForPrev(layout::value_key(key, at));
  if (!values->status().ok())
    return fail(read_error(values->status()));
  if (!values->Valid()
      || !starts_with(view(values->key()), layout::value_prefix(key)))
    return std::nullopt;
  TRIVIUM_TRY(const auto modified, layout::revision_of(view(values->key())));
  TRIVIUM_TRY(auto found, parse(key, modified, view(values->value())));
  if (found.is_erase)
    return std::nullopt;
  return std::move(found.after);
}

expected<change> rocksdb_store::exactly(const std::string& key,
                                        revision modified) const {
  std::string stored;
  const auto status =
    database_->Get({}, layout::value_key(key, modified), &stored);
  if (status.IsNotFound())
    return fail(ec::data_loss, shown(folder_) + ": the value of \""
                                 + printable(key) + "\" at revision "
                                 + std::to_string(modified) + " is missing");
  if (!status.ok())
    return fail(read_error(status));
  return parse(key, modified, stored);
}

expected<change> rocksdb_store::parse(std::string key, revision modified,
                                      std::string_view stored) const {
  TRIVIUM_TRY(const auto record, layout::decode_value(stored));
  return change{{std::move(key), std::string{record.value}, record.created,
                 modified, record.version},
                record.is_erased};
}

std::unique_ptr<rocksdb::Iterator> rocksdb_store::iterate() const {
  return std::unique_ptr<rocksdb::Iterator>{database_->NewIterator({})};
}

error rocksdb_store::read_error(const rocksdb::Status& status) const {
  return rocksdb_error(status, "read", folder_);
}

} // namespace trivium::storage

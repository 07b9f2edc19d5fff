#include "storage/metadata/backup/check_database.hpp"

#include "messages/values/keys.hpp"
#include "messages/values/names.hpp"
#include "storage/metadata/compaction.hpp"
#include "storage/metadata/event_keys.hpp"
#include "storage/metadata/record_layout.hpp"
#include "storage/metadata/rocksdb_image.hpp"
#include "storage/metadata/rocksdb_status.hpp"
#include "storage/metadata/slices.hpp"
#include "storage/metadata/stored_past.hpp"
#include "storage/metadata/transaction_limits.hpp"

#include <algorithm>
#include <optional>

namespace trivium::storage {

namespace {

std::string named(std::string_view key, revision at) {
  return "\"" + printable(key) + "\" at revision " + std::to_string(at);
}

/// One way through a database.
class database_check {
public:
  database_check(const rocksdb_database& database,
                 const std::filesystem::path& folder, const long_work& work,
                 const key_listener& stands, check_report& report)
    : database_(database), folder_(folder), work_(work), stands_(stands),
      report_(report) {}

  expected<void> run() {
    TRIVIUM_CHECK(look_at_tables());
    TRIVIUM_CHECK(look_at_numbers());
    TRIVIUM_CHECK(look_at_values());
    TRIVIUM_CHECK(look_at_changes());
    return look_at_what_stands();
  }

private:
  void find(std::string text) { add_finding(report_, std::move(text)); }
  /// Every thousandth time.
  expected<void> step() {
    return ++steps_ % 1000 == 0
             ? work_.go_on(std::min(steps_, all_steps_), all_steps_, folder_)
             : expected<void>{};
  }

  expected<void> look_at_tables();
  expected<void> look_at_numbers();
  expected<void> look_at_values();
  void look_at_value(std::string_view stored, std::string_view bytes);
  void look_at_order(std::string_view key, revision at,
                     const layout::value_record& value);
  expected<void> look_at_changes();
  void look_at_change(revision at, std::string_view bytes);
  void look_at_changed(const layout::changed_key& changed, revision at);
  expected<void> look_at_what_stands();
  expected<void> look_at_reads(const image& now);
  void look_at_leases(const image& now);

  const rocksdb_database& database_;
  const std::filesystem::path& folder_;
  const long_work& work_;
  const key_listener& stands_;
  check_report& report_;
  uint64_t steps_ = 0;
  uint64_t all_steps_ = 0; ///< As RocksDB guesses.
  revision compacted_ = 0;
  uint64_t values_since_ = 0;  ///< Of revisions above compacted_.
  uint64_t changed_since_ = 0; ///< Keys that changes above compacted_ name.
  // The value before the one that is looked at.
  std::string last_key_;
  layout::value_record last_;
};

expected<void> database_check::look_at_tables() {
  TRIVIUM_CHECK(work_.go_on(0, 0, folder_));
  const auto status = database_->VerifyChecksum();
  if (!status.ok())
    find(rocksdb_error(status, "verify checksums", folder_).text);
  std::vector<rocksdb::LiveFileMetaData> tables;
  database_->GetLiveFilesMetaData(&tables);
  report_.looked_at.push_back("checksums of " + std::to_string(tables.size())
                              + " tables");
  // Values are gone through twice: one by one, and as what stands.
  uint64_t values = 0;
  uint64_t changes = 0;
  const auto& property = rocksdb::DB::Properties::kEstimateNumKeys;
  database_->GetIntProperty(property, &values);
  database_->GetIntProperty(database_.changes(), property, &changes);
  all_steps_ = 2 * values + changes;
  return work_.go_on(0, all_steps_, folder_);
}

expected<void> database_check::look_at_numbers() {
  for (const auto& [key, to] :
       {std::pair{layout::head_key, &report_.head},
        std::pair{layout::compacted_key, &compacted_}}) {
    const auto stored = database_.number(key);
    if (!stored)
      find(stored.error().text);
    *to = stored.value_or(0);
  }
  if (compacted_ > report_.head)
    find("compacted up to revision " + std::to_string(compacted_)
         + ", behind the head " + std::to_string(report_.head));
  return {};
}

expected<void> database_check::look_at_values() {
  const auto values = database_.iterate_values(rocksdb_database::caching::no);
  uint64_t count = 0;
  const std::string space(1, layout::value_space);
  for (values->Seek(space);
       values->Valid() && view(values->key()).starts_with(space);
       values->Next(), ++count) {
    TRIVIUM_CHECK(step());
    look_at_value(view(values->key()), view(values->value()));
  }
  if (!values->status().ok())
    find(rocksdb_error(values->status(), "read values", folder_).text);
  report_.looked_at.push_back(std::to_string(count) + " values");
  return {};
}

void database_check::look_at_value(std::string_view stored,
                                   std::string_view bytes) {
  const auto at = layout::revision_of(stored);
  const auto key = layout::key_of(stored);
  if (!at || !check_key(key))
    return find("a value's key \"" + printable(stored) + "\" is damaged");
  const auto value = layout::decode_value(bytes);
  if (!value)
    return find(named(key, *at) + ": " + value.error().text);
  if (*at == 0 || *at > report_.head)
    find(named(key, *at) + ": is behind the head, revision "
         + std::to_string(report_.head));
  if (*at > compacted_)
    ++values_since_;
  look_at_order(key, *at, *value);
}

/// Each value goes on from the one before it, where compaction left that.
void database_check::look_at_order(std::string_view key, revision at,
                                   const layout::value_record& value) {
  const auto follows = key == last_key_;
  const auto was_there = follows && !last_.is_erased;
  const auto is_first = value.created == at && value.version == 1;
  const auto goes_on = was_there && value.created == last_.created
                       && value.version == last_.version + 1;
  const auto may_go_on = !follows && value.created < at && value.version > 1
                         && value.created <= compacted_;
  const auto erases = value.version == 0 && value.lease == 0
                      && (was_there ? value.created == last_.created
                                    : !follows && value.created <= compacted_);
  if (value.is_erased ? !erases
                      : !goes_on && !may_go_on && !(is_first && !was_there))
    find(named(key, at) + ": created " + std::to_string(value.created)
         + ", version " + std::to_string(value.version)
         + " do not follow what was before");
  last_key_ = key;
  last_ = value;
  last_.value = {};
}

expected<void> database_check::look_at_changes() {
  const auto log = database_.iterate_changes();
  const auto first = std::max<revision>(compacted_, 1);
  auto wanted = first;
  for (log->Seek(layout::change_key(first)); log->Valid(); log->Next()) {
    TRIVIUM_CHECK(step());
    const auto at = layout::revision_of(view(log->key()));
    if (!at) {
      find("a change's key \"" + printable(view(log->key())) + "\" is damaged");
      continue;
    }
    if (*at != wanted)
      find("changes of revisions " + std::to_string(wanted) + " to "
           + std::to_string(*at - 1) + " are missing");
    wanted = *at + 1;
    look_at_change(*at, view(log->value()));
  }
  if (!log->status().ok())
    find(rocksdb_error(log->status(), "read changes", folder_).text);
  if (wanted != report_.head + 1 && report_.head > 0)
    find("changes end at revision " + std::to_string(wanted - 1)
         + ", the head is " + std::to_string(report_.head));
  // Each key that is named has its value: then as many mean the same.
  if (changed_since_ < values_since_)
    find(std::to_string(values_since_ - changed_since_)
         + " values are of no change");
  report_.looked_at.push_back("changes " + std::to_string(first) + " to "
                              + std::to_string(wanted - 1));
  return {};
}

void database_check::look_at_change(revision at, std::string_view bytes) {
  const auto change = layout::decode_change(bytes);
  if (!change)
    return find("change " + std::to_string(at) + ": " + change.error().text);
  if (at <= compacted_)
    return; // not all that it did is kept
  for (const auto& changed : change->keys)
    if (changed.kind != layout::changed_key::what::event)
      look_at_changed(changed, at);
}

void database_check::look_at_changed(const layout::changed_key& changed,
                                     revision at) {
  ++changed_since_;
  std::string stored;
  const auto status =
    database_->Get({}, layout::value_key(changed.key, at), &stored);
  if (status.IsNotFound())
    return find(named(changed.key, at) + ": changed, but its value is missing");
  if (!status.ok())
    return find(rocksdb_error(status, "read a value", folder_).text);
  const auto value = layout::decode_value(stored);
  const auto is_erased = changed.kind == layout::changed_key::what::erased;
  if (value && value->is_erased != is_erased)
    find(named(changed.key, at) + ": its change and its value disagree on "
         + "whether it was erased");
}

expected<void> database_check::look_at_what_stands() {
  const auto now = load_image(database_, report_.head, folder_);
  if (!now) {
    find(now.error().text);
    return {};
  }
  TRIVIUM_CHECK(look_at_reads(**now));
  look_at_leases(**now);
  if (stands_)
    (*now)->visit({}, {}, [&](const image_entry& one) {
      stands_(one.copy());
      return true;
    });
  return {};
}

/// What the image has, the database tells too, key by key.
expected<void> database_check::look_at_reads(const image& now) {
  constexpr size_t page_keys = 10'000;
  const stored_past past{database_, folder_};
  size_t seen = 0;
  std::string after;
  while (true) {
    TRIVIUM_CHECK(
      work_.go_on(std::min(steps_ + seen, all_steps_), all_steps_, folder_));
    const auto page = past.values_at({}, after, report_.head, page_keys);
    if (!page) {
      find(page.error().text);
      return {};
    }
    for (const auto& one : *page) {
      const auto* entry = now.find(one.key);
      if (entry == nullptr || entry->modified() != one.modified
          || entry->value() != one.value || entry->lease() != one.lease)
        find(named(one.key, one.modified) + ": stands, but not in the image");
    }
    seen += page->size();
    if (page->size() < page_keys)
      break;
    after = page->back().key;
  }
  if (seen != now.size())
    find("the image has " + std::to_string(now.size()) + " keys, "
         + std::to_string(seen) + " stand");
  report_.looked_at.push_back(std::to_string(seen) + " keys that stand");
  return {};
}

void database_check::look_at_leases(const image& now) {
  size_t leases = 0;
  size_t attached = 0;
  now.visit({}, {}, [&](const image_entry& one) {
    if (one.key().starts_with(keys::leases_prefix)) {
      ++leases;
      if (!layout::decode_lease(one.value())
          || one.key() != keys::lease(one.modified()))
        find(named(one.key(), one.modified()) + ": is no lease");
    }
    if (one.lease() == 0)
      return true;
    ++attached;
    if (now.find(keys::lease(one.lease())) == nullptr)
      find(named(one.key(), one.modified()) + ": is attached to lease "
           + std::to_string(one.lease()) + ", which is not there");
    return true;
  });
  report_.looked_at.push_back(std::to_string(leases) + " leases and "
                              + std::to_string(attached)
                              + " keys attached to them");
}

} // namespace

expected<void> check_database(const rocksdb_database& database,
                              const std::filesystem::path& folder,
                              const long_work& work, const key_listener& stands,
                              check_report& report) {
  return database_check{database, folder, work, stands, report}.run();
}

} // namespace trivium::storage

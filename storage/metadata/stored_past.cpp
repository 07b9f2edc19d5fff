#include "storage/metadata/stored_past.hpp"

#include "messages/values/keys.hpp"
#include "messages/values/names.hpp"
#include "storage/file_io/errno_text.hpp"
#include "storage/metadata/event_keys.hpp"
#include "storage/metadata/rocksdb_status.hpp"
#include "storage/metadata/slices.hpp"

#include <algorithm>

namespace trivium::storage {

namespace {

expected<change> parse(std::string_view key, revision modified,
                       std::string_view stored) {
  TRIVIUM_TRY(const auto record, layout::decode_value(stored));
  return change{{std::string{key}, std::string{record.value}, record.created,
                 modified, record.version, record.lease},
                record.is_erased};
}

key_value event_told(std::string_view value, revision at) {
  return {keys::event(at), std::string{value}, at, at, 1, 0};
}

/// The event in a change; nothing where it tells none.
std::optional<key_value> event_in(const layout::change_record& record,
                                  revision at) {
  for (const auto& changed : record.keys)
    if (changed.kind == layout::changed_key::what::event)
      return event_told(changed.value, at);
  return std::nullopt;
}

} // namespace

expected<std::optional<key_value>> stored_past::value_at(const std::string& key,
                                                         revision at) const {
  if (is_event(key)) {
    const auto told = revision_of_event(key);
    return told == 0 || told > at ? std::nullopt : event_of(told);
  }
  const auto values = database_.iterate_values();
  values->SeekForPrev(layout::value_key(key, at));
  if (!values->status().ok())
    return fail(read_error(values->status()));
  if (!values->Valid()
      || !view(values->key()).starts_with(layout::value_prefix(key)))
    return std::nullopt;
  TRIVIUM_TRY(const auto modified, layout::revision_of(view(values->key())));
  TRIVIUM_TRY(auto found, parse(key, modified, view(values->value())));
  if (found.is_erase)
    return std::nullopt;
  return std::move(found.after);
}

expected<std::vector<key_value>>
stored_past::values_at(const std::string& prefix, const std::string& after,
                       revision at, size_t limit) const {
  const auto space = std::string(1, layout::value_space);
  const auto values = database_.iterate_values();
  std::vector<key_value> found;
  // The values of a key follow each other; its last one by then stood.
  std::optional<change> latest;
  const auto take_latest = [&] {
    if (latest && !latest->is_erase)
      found.push_back(std::move(latest->after));
    latest.reset();
    return limit == 0 || found.size() < limit;
  };
  // Behind the values of `after`, which a zero byte sets apart from the next
  // key's.
  const auto from = after.empty() ? prefix : std::max(prefix, after + '\1');
  for (values->Seek(space + from);
       values->Valid() && view(values->key()).starts_with(space + prefix);
       values->Next()) {
    const auto stored = view(values->key());
    TRIVIUM_TRY(const auto modified, layout::revision_of(stored));
    const auto key = layout::key_of(stored);
    if (latest && latest->after.key != key && !take_latest())
      return found;
    if (modified > at)
      continue;
    TRIVIUM_TRY(latest, parse(key, modified, view(values->value())));
  }
  if (!values->status().ok())
    return fail(read_error(values->status()));
  static_cast<void>(take_latest());
  return found;
}

expected<std::vector<key_value>>
stored_past::events_at(const std::string& prefix, const std::string& after,
                       revision oldest, revision at, size_t limit) const {
  std::vector<key_value> found;
  const auto from = std::max(prefix, after + '\0');
  const auto log = database_.iterate_changes();
  log->Seek(layout::change_key(std::max(oldest, first_event_from(from, at))));
  for (; log->Valid() && (limit == 0 || found.size() < limit); log->Next()) {
    TRIVIUM_TRY(const auto told, layout::revision_of(view(log->key())));
    if (told > at || !keys::event(told).starts_with(prefix))
      break;
    TRIVIUM_TRY(const auto record, layout::decode_change(view(log->value())));
    if (auto event = event_in(record, told))
      found.push_back(*std::move(event));
  }
  if (!log->status().ok())
    return fail(read_error(log->status()));
  return found;
}

expected<std::vector<change>> stored_past::history(const std::string& key,
                                                   revision head) const {
  if (is_event(key)) {
    std::vector<change> found;
    TRIVIUM_TRY(auto event, value_at(key, head));
    if (event)
      found.push_back({*std::move(event), false});
    return found;
  }
  return all_below(layout::value_prefix(key), head);
}

expected<std::vector<change>> stored_past::histories(const std::string& prefix,
                                                     revision head) const {
  return all_below(std::string(1, layout::value_space) + prefix, head);
}

expected<std::vector<change>> stored_past::all_below(const std::string& from,
                                                     revision head) const {
  std::vector<change> found;
  const auto values = database_.iterate_values();
  for (values->Seek(from);
       values->Valid() && view(values->key()).starts_with(from);
       values->Next()) {
    const auto stored = view(values->key());
    TRIVIUM_TRY(const auto modified, layout::revision_of(stored));
    if (modified > head)
      continue;
    TRIVIUM_TRY(auto one,
                parse(layout::key_of(stored), modified, view(values->value())));
    found.push_back(std::move(one));
  }
  if (!values->status().ok())
    return fail(read_error(values->status()));
  return found;
}

expected<std::vector<change>> stored_past::changes(revision from, size_t limit,
                                                   revision head) const {
  std::vector<change> found;
  const auto log = database_.iterate_changes();
  for (log->Seek(layout::change_key(from)); log->Valid() && limit > 0;
       log->Next(), --limit) {
    TRIVIUM_TRY(const auto at, layout::revision_of(view(log->key())));
    if (at > head)
      break;
    TRIVIUM_TRY(const auto record, layout::decode_change(view(log->value())));
    for (const auto& changed : record.keys) {
      if (changed.kind == layout::changed_key::what::event) {
        found.push_back({event_told(changed.value, at), false});
        continue;
      }
      TRIVIUM_TRY(auto one, exactly(changed.key, at));
      found.push_back(std::move(one));
    }
  }
  if (!log->status().ok())
    return fail(read_error(log->status()));
  return found;
}

expected<int64_t> stored_past::committed_at(revision at) const {
  std::string stored;
  const auto status =
    database_->Get({}, database_.changes(), layout::change_key(at), &stored);
  if (!status.ok())
    return fail(read_error(status));
  TRIVIUM_TRY(const auto record, layout::decode_change(stored));
  return record.committed_at;
}

expected<std::optional<key_value>> stored_past::event_of(revision at) const {
  std::string stored;
  const auto status =
    database_->Get({}, database_.changes(), layout::change_key(at), &stored);
  if (status.IsNotFound())
    return std::nullopt;
  if (!status.ok())
    return fail(read_error(status));
  TRIVIUM_TRY(const auto record, layout::decode_change(stored));
  return event_in(record, at);
}

expected<change> stored_past::exactly(std::string_view key,
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

error stored_past::read_error(const rocksdb::Status& status) const {
  return rocksdb_error(status, "read", folder_);
}

} // namespace trivium::storage

#include "storage/metadata/rocksdb_image.hpp"

#include "messages/values/keys.hpp"
#include "storage/metadata/record_layout.hpp"
#include "storage/metadata/rocksdb_status.hpp"

#include <memory>
#include <optional>
#include <string>

namespace trivium::storage {

namespace {

std::string_view view(const rocksdb::Slice& slice) {
  return {slice.data(), slice.size()};
}

} // namespace

bool is_imaged(std::string_view key) {
  return !key.starts_with(keys::events_prefix);
}

bool may_hold_events(std::string_view prefix) {
  return prefix.starts_with(keys::events_prefix)
         || keys::events_prefix.starts_with(prefix);
}

expected<loaded_image> load_image(rocksdb::DB& database, revision head,
                                  const std::filesystem::path& folder) {
  const std::string space{layout::value_space};
  rocksdb::ReadOptions once;
  once.fill_cache = false;
  const std::unique_ptr<rocksdb::Iterator> values{database.NewIterator(once)};
  image_change change{*image::empty()};
  loaded_image loaded;
  // The values of a key follow each other; its last one stands.
  std::optional<key_value> latest;
  for (values->Seek(space);
       values->Valid() && view(values->key()).starts_with(space);
       values->Next()) {
    const auto stored = view(values->key());
    TRIVIUM_TRY(const auto modified, layout::revision_of(stored));
    const auto key = layout::key_of(stored);
    if (modified > head)
      continue;
    if (!is_imaged(key)) {
      loaded.last_event = key; // they come in their order
      continue;
    }
    TRIVIUM_TRY(const auto record, layout::decode_value(view(values->value())));
    if (latest && latest->key != key)
      change.put(*std::exchange(latest, std::nullopt));
    if (record.is_erased)
      latest.reset();
    else
      latest = key_value{std::string{key}, std::string{record.value},
                         record.created, modified, record.version};
  }
  if (!values->status().ok())
    return fail(rocksdb_error(values->status(), "read", folder));
  if (latest)
    change.put(*latest);
  loaded.now = change.finish(head);
  return loaded;
}

} // namespace trivium::storage

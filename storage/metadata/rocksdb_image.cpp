#include "storage/metadata/rocksdb_image.hpp"

#include "storage/metadata/record_layout.hpp"
#include "storage/metadata/rocksdb_status.hpp"
#include "storage/metadata/slices.hpp"

#include <optional>
#include <string>

namespace trivium::storage {

expected<image_ptr> load_image(const rocksdb_database& database, revision head,
                               const std::filesystem::path& folder) {
  const std::string space(1, layout::value_space);
  const auto values = database.iterate_values(rocksdb_database::caching::no);
  image_change change{*image::empty()};
  // The values of a key follow each other; its last one stands.
  entry_ptr latest;
  const auto take_latest = [&] {
    if (latest)
      change.put(std::exchange(latest, nullptr));
  };
  for (values->Seek(space);
       values->Valid() && view(values->key()).starts_with(space);
       values->Next()) {
    const auto stored = view(values->key());
    TRIVIUM_TRY(const auto modified, layout::revision_of(stored));
    if (modified > head)
      continue;
    TRIVIUM_TRY(const auto record, layout::decode_value(view(values->value())));
    const auto key = layout::key_of(stored);
    if (latest && latest->key() != key)
      take_latest();
    latest = record.is_erased
               ? nullptr
               : image_entry::make(entry_fields{key, record.value,
                                                record.created, modified,
                                                record.version, record.lease});
  }
  if (!values->status().ok())
    return fail(rocksdb_error(values->status(), "read", folder));
  take_latest();
  return change.finish(head);
}

} // namespace trivium::storage

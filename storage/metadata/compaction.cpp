#include "storage/metadata/compaction.hpp"

#include "messages/values/keys.hpp"
#include "storage/metadata/record_layout.hpp"
#include "storage/metadata/rocksdb_status.hpp"
#include "storage/metadata/slices.hpp"

#include <algorithm>

namespace trivium::storage {

bool keeps_history(std::string_view key) {
  return keys::is_alias(key) || keys::is_variant(key);
}

compaction::compaction(const rocksdb_database& database, revision before)
  : database_(database), before_(before), next_(1, layout::value_space) {}

expected<bool> compaction::step(size_t values, rocksdb::WriteBatch& batch) {
  const auto all = database_.iterate_values(rocksdb_database::caching::no);
  all->Seek(next_);
  // Two at least, since a step may begin with the last one's survivor.
  for (values = std::max<size_t>(values, 2);
       values > 0 && all->Valid() && all->key()[0] == layout::value_space;
       all->Next(), --values)
    TRIVIUM_CHECK(look_at(view(all->key()), view(all->value()), batch));
  if (!all->status().ok())
    return fail(rocksdb_error(all->status(), "read", database_.path()));
  if (all->Valid() && all->key()[0] == layout::value_space) {
    // A commit may give the survivor's key another value before the next step:
    // it is looked at again.
    next_ = survivor_.stored.empty() ? std::string{view(all->key())}
                                     : survivor_.stored;
    survivor_ = {};
    return false;
  }
  end_key(batch);
  batch.DeleteRange(database_.changes(), layout::change_key(1),
                    layout::change_key(before_));
  return true;
}

expected<void> compaction::look_at(std::string_view stored,
                                   std::string_view bytes,
                                   rocksdb::WriteBatch& batch) {
  TRIVIUM_TRY(const auto modified, layout::revision_of(stored));
  const auto key = layout::key_of(stored);
  if (survivor_.stored.empty() || survivor_.key != key)
    end_key(batch);
  if (keeps_history(key))
    return {};
  if (modified > before_) {
    // The next value takes over what was erased before it.
    if (survivor_.is_erased)
      batch.Delete(survivor_.stored);
    survivor_ = {};
    return {};
  }
  if (!survivor_.stored.empty())
    batch.Delete(survivor_.stored);
  TRIVIUM_TRY(const auto record, layout::decode_value(bytes));
  survivor_ = {std::string{stored}, std::string{key}, record.is_erased};
  return {};
}

void compaction::end_key(rocksdb::WriteBatch& batch) {
  if (!survivor_.stored.empty() && survivor_.is_erased)
    batch.Delete(survivor_.stored);
  survivor_ = {};
}

} // namespace trivium::storage

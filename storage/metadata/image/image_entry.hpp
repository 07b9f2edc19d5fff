#pragma once

#include "messages/values/transaction.hpp"

#include <boost/smart_ptr/intrusive_ptr.hpp>

#include <atomic>
#include <cstdint>
#include <string_view>

namespace trivium::storage {

/// A key_value's fields, seen where they are.
struct entry_fields {
  std::string_view key;
  std::string_view value;
  revision created = 0;
  revision modified = 0;
  uint64_t version = 0;
  lease_id lease = 0;
};

class image_entry;
using entry_ptr = boost::intrusive_ptr<const image_entry>;

/// A key as it stands at some revision; never changes. Key and value lie behind
/// it in the same allocation, and all images that hold it share it.
class image_entry {
public:
  /// Of `key` and `value` together at most 4 GiB; the engine's limits are far
  /// below.
  [[nodiscard]] static entry_ptr make(const entry_fields& from);
  [[nodiscard]] static entry_ptr make(const key_value& from) {
    return make(entry_fields{from.key, from.value, from.created, from.modified,
                             from.version, from.lease});
  }

  [[nodiscard]] std::string_view key() const { return {bytes(), key_size_}; }
  [[nodiscard]] std::string_view value() const {
    return {bytes() + key_size_, value_size_};
  }
  [[nodiscard]] revision created() const { return created_; }
  [[nodiscard]] revision modified() const { return modified_; }
  [[nodiscard]] uint64_t version() const { return version_; }
  [[nodiscard]] lease_id lease() const { return lease_; }
  [[nodiscard]] key_value copy() const;

  image_entry(const image_entry&) = delete;
  image_entry& operator=(const image_entry&) = delete;

  friend void intrusive_ptr_add_ref(const image_entry* entry) {
    entry->references_.fetch_add(1, std::memory_order_relaxed);
  }
  friend void intrusive_ptr_release(const image_entry* entry) {
    if (entry->references_.fetch_sub(1, std::memory_order_acq_rel) == 1)
      destroy(entry);
  }

private:
  explicit image_entry(const entry_fields& from);
  static void destroy(const image_entry* entry);
  [[nodiscard]] const char* bytes() const {
    return reinterpret_cast<const char*>(this + 1);
  }

  mutable std::atomic<uint32_t> references_{0};
  uint32_t key_size_;
  uint32_t value_size_;
  revision created_;
  revision modified_;
  uint64_t version_;
  lease_id lease_;
};

} // namespace trivium::storage

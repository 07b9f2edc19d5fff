#include "storage/metadata/image/image_entry.hpp"

#include <algorithm>
#include <new>

namespace trivium::storage {

image_entry::image_entry(const entry_fields& from)
  : key_size_(static_cast<uint32_t>(from.key.size())),
    value_size_(static_cast<uint32_t>(from.value.size())),
    created_(from.created), modified_(from.modified), version_(from.version),
    lease_(from.lease) {
  auto* const to = reinterpret_cast<char*>(this + 1);
  std::copy(from.value.begin(), from.value.end(),
            std::copy(from.key.begin(), from.key.end(), to));
}

entry_ptr image_entry::make(const entry_fields& from) {
  void* const memory =
    ::operator new(sizeof(image_entry) + from.key.size() + from.value.size());
  return entry_ptr{new (memory) image_entry{from}};
}

void image_entry::destroy(const image_entry* entry) {
  entry->~image_entry();
  ::operator delete(const_cast<image_entry*>(entry));
}

key_value image_entry::copy() const {
  return {std::string{key()}, std::string{value()},
          created_,           modified_,
          version_,           lease_};
}

} // namespace trivium::storage

#include "storage/metadata/image/image.hpp"

#include <algorithm>
#include <utility>

namespace trivium::storage {

namespace {

uint64_t next_number() {
  static std::atomic<uint64_t> last{0};
  return ++last;
}

uint64_t bytes_of(const image_entry& entry) {
  return entry.key().size() + entry.value().size();
}

} // namespace

image_ptr image::empty() { return image_ptr{new image}; }

void image::visit(std::string_view prefix, std::string_view from,
                  const std::function<bool(const image_entry&)>& visit) const {
  visit_from(root_.get(), std::max(prefix, from),
             [&](const image_entry& entry) {
               return entry.key().starts_with(prefix) && visit(entry);
             });
}

image_change::image_change(const image& before)
  : number_(next_number()), root_(before.root_), size_(before.size_),
    bytes_(before.bytes_) {}

void image_change::put(const key_value& after) {
  if (const auto* old = find_entry(root_.get(), after.key)) {
    bytes_ -= bytes_of(*old);
    --size_;
  }
  auto entry = image_entry::make(after);
  bytes_ += bytes_of(*entry);
  ++size_;
  put_entry(root_, std::move(entry), number_);
}

void image_change::erase(std::string_view key) {
  const auto* old = find_entry(root_.get(), key);
  if (old == nullptr)
    return;
  bytes_ -= bytes_of(*old);
  --size_;
  erase_entry(root_, key, number_);
}

image_ptr image_change::finish(revision head) {
  auto* const made = new image;
  made->root_ = std::move(root_);
  made->head_ = head;
  made->size_ = size_;
  made->bytes_ = bytes_;
  return image_ptr{made};
}

} // namespace trivium::storage

#include "storage/metadata/image/image.hpp"

#include <algorithm>
#include <cassert>
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

image::~image() {
  if (!next_) {
    delete_tree(root_);
    return;
  }
  for (const auto* node : replaced_.nodes)
    delete_node(node);
  for (const auto* entry : replaced_.entries)
    intrusive_ptr_release(entry);
}

/// One after the other: who lets go of the oldest of many has not the stack for
/// each to end the next.
void image::release(const image* held) {
  while (held != nullptr
         && held->references_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    const auto* const next = held->next_.get();
    if (next != nullptr)
      intrusive_ptr_add_ref(next); // given back by the loop
    delete held;
    held = next;
  }
}

void image::visit(std::string_view prefix, std::string_view from,
                  const std::function<bool(const image_entry&)>& visit) const {
  visit_from(root_, std::max(prefix, from), [&](const image_entry& entry) {
    return entry.key().starts_with(prefix) && visit(entry);
  });
}

image_change::image_change(const image& before)
  : before_(&before), tree_(before.root_, next_number()), size_(before.size_),
    bytes_(before.bytes_) {}

image_change::~image_change() {
  if (!before_)
    return;
  tree_.undo();
  for (const auto* entry : added_)
    intrusive_ptr_release(entry);
}

void image_change::visit(
  std::string_view prefix,
  const std::function<bool(const image_entry&)>& visit) const {
  visit_from(tree_.root(), prefix, [&](const image_entry& entry) {
    return entry.key().starts_with(prefix) && visit(entry);
  });
}

void image_change::put(entry_ptr after) {
  const auto* const entry = after.detach();
  added_.push_back(entry);
  bytes_ += bytes_of(*entry);
  ++size_;
  if (const auto* old = tree_.put(entry)) {
    bytes_ -= bytes_of(*old);
    --size_;
  }
}

void image_change::erase(std::string_view key) {
  if (const auto* old = tree_.erase(key)) {
    bytes_ -= bytes_of(*old);
    --size_;
  }
}

image_ptr image_change::finish(revision head) {
  auto* const made = new image;
  made->root_ = tree_.root();
  made->head_ = head;
  made->size_ = size_;
  made->bytes_ = bytes_;
  assert(!before_->next_);
  before_->replaced_ = tree_.take_replaced();
  before_->next_ = image_ptr{made};
  return std::exchange(before_, nullptr)->next_;
}

} // namespace trivium::storage

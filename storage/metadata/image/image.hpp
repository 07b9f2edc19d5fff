#pragma once

#include "storage/metadata/image/image_node.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

namespace trivium::storage {

class image;
using image_ptr = boost::intrusive_ptr<const image>;

/// All keys as they stand at one revision, in byte order; never changes. Who
/// holds one reads at leisure; the next ones share all that stayed the same.
///
/// An image holds the next one. So the parts that a change replaced may go with
/// the image that had them last, and no count is kept of who shares a part.
class image {
public:
  /// Nothing, at revision 0.
  [[nodiscard]] static image_ptr empty();

  [[nodiscard]] revision head() const { return head_; }
  [[nodiscard]] size_t size() const { return size_; }
  /// Of keys and values, without what holds them.
  [[nodiscard]] uint64_t bytes() const { return bytes_; }

  /// Null where no such key stands; lives as long as the image.
  [[nodiscard]] const image_entry* find(std::string_view key) const {
    return find_entry(root_, key);
  }

  /// Entries of `prefix` from `from` on, in order, until `visit` says false.
  void visit(std::string_view prefix, std::string_view from,
             const std::function<bool(const image_entry&)>& visit) const;

  friend void intrusive_ptr_add_ref(const image* held) {
    held->references_.fetch_add(1, std::memory_order_relaxed);
  }
  friend void intrusive_ptr_release(const image* held) { release(held); }

  image(const image&) = delete;
  image& operator=(const image&) = delete;

private:
  friend class image_change;
  image() = default;
  ~image();
  static void release(const image* held);

  mutable std::atomic<uint64_t> references_{0};
  image_node* root_ = nullptr;
  revision head_ = 0;
  size_t size_ = 0;
  uint64_t bytes_ = 0;
  // Written once, by the change that ends its time as the newest.
  mutable image_ptr next_;
  mutable replaced_parts replaced_; ///< What the next one does not have.
};

/// The next image, from one and what changed since: O(log n) a key. For one
/// thread. Changes of one image may be made beside each other, but only one can
/// be finished.
class image_change {
public:
  explicit image_change(const image& before);
  image_change(const image_change&) = delete;
  image_change& operator=(const image_change&) = delete;
  /// Forgets the change where it was not finished.
  ~image_change();

  // As the image would that comes of it.
  [[nodiscard]] const image_entry* find(std::string_view key) const {
    return find_entry(tree_.root(), key);
  }

  void visit(std::string_view prefix,
             const std::function<bool(const image_entry&)>& visit) const;

  void put(entry_ptr after);
  void put(const key_value& after) { put(image_entry::make(after)); }
  void erase(std::string_view key);

  /// Ends the change.
  [[nodiscard]] image_ptr finish(revision head);

private:
  image_ptr before_; ///< Null: finished.
  tree_change tree_;
  std::vector<const image_entry*> added_;
  size_t size_;
  uint64_t bytes_;
};

} // namespace trivium::storage

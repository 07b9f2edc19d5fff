#pragma once

#include "storage/metadata/image/image_node.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <string_view>

namespace trivium::storage {

class image;
using image_ptr = boost::intrusive_ptr<const image>;

/// All keys as they stand at one revision, in byte order; never changes. Who
/// holds one reads at leisure; the next ones share all that stayed the same.
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
    return find_entry(root_.get(), key);
  }

  /// Entries of `prefix` from `from` on, in order, until `visit` says false.
  void visit(std::string_view prefix, std::string_view from,
             const std::function<bool(const image_entry&)>& visit) const;

  friend void intrusive_ptr_add_ref(const image* held) {
    held->references_.fetch_add(1, std::memory_order_relaxed);
  }
  friend void intrusive_ptr_release(const image* held) {
    if (held->references_.fetch_sub(1, std::memory_order_acq_rel) == 1)
      delete held;
  }

private:
  friend class image_change;
  image() = default;

  mutable std::atomic<uint64_t> references_{0};
  node_ptr root_;
  revision head_ = 0;
  size_t size_ = 0;
  uint64_t bytes_ = 0;
};

/// The next image, from one and what changed since: O(log n) a key. For one
/// thread; changes of one image may be made beside each other, but only one can
/// be the next.
class image_change {
public:
  explicit image_change(const image& before);

  void put(const key_value& after);
  void erase(std::string_view key);

  /// Ends the change.
  [[nodiscard]] image_ptr finish(revision head);

private:
  uint64_t number_; ///< Never used twice.
  node_ptr root_;
  size_t size_;
  uint64_t bytes_;
};

} // namespace trivium::storage

#pragma once

#include "storage/metadata/image/image_entry.hpp"

#include <array>
#include <cstddef>
#include <functional>

namespace trivium::storage {

struct image_node;
using node_ptr = boost::intrusive_ptr<image_node>;

/// A node of a persistent B+ tree over keys in byte order: a leaf holds
/// entries, an inner node the first entry below each child beside the child.
/// Shared by images and then never changed; only the change that made it may,
/// under its own number.
struct image_node {
  static constexpr size_t capacity = 32;
  /// One with fewer is joined with a neighbour where both fit into one.
  static constexpr size_t few = 8;

  mutable std::atomic<uint32_t> references{0};
  uint16_t count = 0;
  bool is_leaf = true;
  uint64_t made_by = 0; ///< Number of the change.
  std::array<entry_ptr, capacity>
    entries; ///< Of a leaf; else the lowest below.

  explicit image_node(bool leaf, uint64_t change)
    : is_leaf(leaf), made_by(change) {}

  friend void intrusive_ptr_add_ref(const image_node* node) {
    node->references.fetch_add(1, std::memory_order_relaxed);
  }
  friend void intrusive_ptr_release(const image_node* node);
};

struct image_inner : image_node {
  std::array<node_ptr, capacity> children;

  explicit image_inner(uint64_t change) : image_node(false, change) {}
};

/// Null where no such key is.
[[nodiscard]] const image_entry* find_entry(const image_node* root,
                                            std::string_view key);

/// Entries from the first whose key is not below `from`, in order, until
/// `visit` says false. False: it did.
bool visit_from(const image_node* root, std::string_view from,
                const std::function<bool(const image_entry&)>& visit);

/// Both copy what is not `change`'s own on the way to the key: O(log n) nodes.
void put_entry(node_ptr& root, entry_ptr entry, uint64_t change);
/// Nothing where no such key is.
void erase_entry(node_ptr& root, std::string_view key, uint64_t change);

} // namespace trivium::storage

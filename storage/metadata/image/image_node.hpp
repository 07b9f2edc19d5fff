#pragma once

#include "storage/metadata/image/image_entry.hpp"

#include <array>
#include <cstddef>
#include <functional>
#include <string_view>
#include <vector>

namespace trivium::storage {

/// A node of a persistent B+ tree over keys in byte order: a leaf holds
/// entries, an inner node the first entry below each child beside the child.
/// Shared by images and then never changed; only the change that made it may,
/// under its own number. Nodes own nothing: copying one touches none of what it
/// points to.
struct image_node {
  static constexpr size_t capacity = 32;
  /// One with fewer is joined with a neighbour where both fit into one.
  static constexpr size_t few = 8;

  uint16_t count = 0;
  bool is_leaf = true;
  uint64_t made_by = 0; ///< Number of the change.
  std::array<const image_entry*, capacity>
    entries; ///< Of a leaf; else the lowest below.

  explicit image_node(bool leaf, uint64_t change)
    : is_leaf(leaf), made_by(change) {}
};

struct image_inner : image_node {
  std::array<image_node*, capacity> children;

  explicit image_inner(uint64_t change) : image_node(false, change) {}
};

/// What a change took out of the tree of the image that it began with: images
/// after it do not have it.
struct replaced_parts {
  std::vector<const image_node*> nodes;
  std::vector<const image_entry*> entries;
};

/// Null where no such key is.
[[nodiscard]] const image_entry* find_entry(const image_node* root,
                                            std::string_view key);

/// Entries from the first whose key is not below `from`, in order, until
/// `visit` says false. False: it did.
bool visit_from(const image_node* root, std::string_view from,
                const std::function<bool(const image_entry&)>& visit);

/// A change of a tree: what is not its own on the way to a key it copies,
/// O(log n) nodes. Adding an entry takes over a reference to it.
class tree_change {
public:
  tree_change(image_node* root, uint64_t number)
    : root_(root), number_(number) {}

  [[nodiscard]] image_node* root() const { return root_; }

  /// The entry whose place it took; null: its key is new.
  const image_entry* put(const image_entry* entry);
  /// The entry that is gone; null where no such key is.
  const image_entry* erase(std::string_view key);

  [[nodiscard]] replaced_parts take_replaced() { return std::move(replaced_); }

  /// Deletes the change's own nodes.
  void undo();

private:
  void make_own(image_node*& node);
  void retire(const image_node* node);
  image_node* put(image_node*& at, const image_entry* entry);
  image_node* insert(image_node& node, size_t at, const image_entry* entry,
                     image_node* child);
  image_node* split(image_node& node, size_t place);
  void erase(image_node*& at, std::string_view key);
  void join(image_inner& node, size_t place);
  void undo(image_node* node);

  image_node* root_;
  uint64_t number_; ///< Never used twice.
  replaced_parts replaced_;
  const image_entry* gone_ = nullptr; ///< By the last put or erase.
};

/// Deletes nodes alone, and what they point to.
void delete_node(const image_node* node);
void delete_tree(const image_node* root);

} // namespace trivium::storage

#include "storage/metadata/image/image_node.hpp"

#include <algorithm>
#include <utility>

namespace trivium::storage {

namespace {

image_inner& inner(image_node& node) { return static_cast<image_inner&>(node); }
const image_inner& inner(const image_node& node) {
  return static_cast<const image_inner&>(node);
}

/// First place whose key is not below `key`.
size_t lower_bound(const image_node& node, std::string_view key) {
  const auto* const begin = node.entries.begin();
  return static_cast<size_t>(
    std::lower_bound(begin, begin + node.count, key,
                     [](const entry_ptr& entry, std::string_view wanted) {
                       return entry->key() < wanted;
                     })
    - begin);
}

/// The child that has the key, if one has it.
size_t child_of(const image_node& node, std::string_view key) {
  const auto at = lower_bound(node, key);
  const auto is_exact = at < node.count && node.entries[at]->key() == key;
  return is_exact || at == 0 ? at : at - 1;
}

void make_own(node_ptr& node, uint64_t change) {
  if (node->made_by == change)
    return;
  node_ptr copy;
  if (node->is_leaf) {
    copy = new image_node{true, change};
  } else {
    auto* const made = new image_inner{change};
    copy = made;
    made->children = inner(*node).children;
  }
  copy->entries = node->entries;
  copy->count = node->count;
  node = std::move(copy);
}

void insert_at(image_node& node, size_t at, entry_ptr entry,
               node_ptr child = {}) {
  auto* const begin = node.entries.begin();
  std::move_backward(begin + at, begin + node.count, begin + node.count + 1);
  node.entries[at] = std::move(entry);
  if (!node.is_leaf) {
    auto* const children = inner(node).children.begin();
    std::move_backward(children + at, children + node.count,
                       children + node.count + 1);
    children[at] = std::move(child);
  }
  ++node.count;
}

void remove_at(image_node& node, size_t at) {
  auto* const begin = node.entries.begin();
  std::move(begin + at + 1, begin + node.count, begin + at);
  node.entries[node.count - 1u] = nullptr;
  if (!node.is_leaf) {
    auto* const children = inner(node).children.begin();
    std::move(children + at + 1, children + node.count, children + at);
    children[node.count - 1u] = nullptr;
  }
  --node.count;
}

/// Moves what `from` has from `first` on behind what `to` has.
void move_tail(image_node& from, size_t first, image_node& to) {
  for (size_t i = first; i < from.count; ++i) {
    if (!from.is_leaf)
      inner(to).children[to.count] = std::move(inner(from).children[i]);
    to.entries[to.count++] = std::move(from.entries[i]);
  }
  from.count = static_cast<uint16_t>(first);
}

/// A full node's upper part. Keys that come in their order fill nodes whole.
node_ptr split(image_node& node, size_t place, uint64_t change) {
  node_ptr upper =
    node.is_leaf ? new image_node{true, change} : new image_inner{change};
  const auto first =
    place == node.count ? size_t{node.count} : size_t{node.count} / 2;
  move_tail(node, first, *upper);
  return upper;
}

/// Inserts where there is room, else splits; gives the new upper part.
node_ptr insert(image_node& node, size_t at, entry_ptr entry, node_ptr child,
                uint64_t change) {
  if (node.count < image_node::capacity) {
    insert_at(node, at, std::move(entry), std::move(child));
    return {};
  }
  auto upper = split(node, at, change);
  if (node.count < image_node::capacity && at <= node.count)
    insert_at(node, at, std::move(entry), std::move(child));
  else
    insert_at(*upper, at - node.count, std::move(entry), std::move(child));
  return upper;
}

node_ptr put(node_ptr& at, entry_ptr entry, uint64_t change) {
  make_own(at, change);
  auto& node = *at;
  if (node.is_leaf) {
    const auto place = lower_bound(node, entry->key());
    if (place < node.count && node.entries[place]->key() == entry->key()) {
      node.entries[place] = std::move(entry);
      return {};
    }
    return insert(node, place, std::move(entry), {}, change);
  }
  const auto place = child_of(node, entry->key());
  auto& child = inner(node).children[place];
  auto upper = put(child, std::move(entry), change);
  node.entries[place] = child->entries[0];
  if (!upper)
    return {};
  auto low = upper->entries[0];
  return insert(node, place + 1, std::move(low), std::move(upper), change);
}

/// Joins a child that has few with a neighbour.
void join(image_inner& node, size_t place, uint64_t change) {
  const auto left = place + 1 < node.count ? place : place - 1;
  if (node.count < 2
      || node.children[left]->count + node.children[left + 1]->count
           > static_cast<int>(image_node::capacity))
    return;
  make_own(node.children[left], change);
  make_own(node.children[left + 1], change);
  move_tail(*node.children[left + 1], 0, *node.children[left]);
  remove_at(node, left + 1);
}

void erase(node_ptr& at, std::string_view key, uint64_t change) {
  make_own(at, change);
  auto& node = *at;
  if (node.is_leaf)
    return remove_at(node, lower_bound(node, key));
  const auto place = child_of(node, key);
  auto& child = inner(node).children[place];
  erase(child, key, change);
  if (child->count == 0)
    return remove_at(node, place);
  node.entries[place] = child->entries[0];
  if (child->count < image_node::few)
    join(inner(node), place, change);
}

} // namespace

void intrusive_ptr_release(const image_node* node) {
  if (node->references.fetch_sub(1, std::memory_order_acq_rel) != 1)
    return;
  if (node->is_leaf)
    delete node;
  else
    delete static_cast<const image_inner*>(node);
}

const image_entry* find_entry(const image_node* root, std::string_view key) {
  const auto* node = root;
  while (node != nullptr && !node->is_leaf)
    node = inner(*node).children[child_of(*node, key)].get();
  if (node == nullptr)
    return nullptr;
  const auto at = lower_bound(*node, key);
  return at < node->count && node->entries[at]->key() == key
           ? node->entries[at].get()
           : nullptr;
}

bool visit_from(const image_node* root, std::string_view from,
                const std::function<bool(const image_entry&)>& visit) {
  if (root == nullptr)
    return true;
  if (root->is_leaf) {
    for (size_t i = lower_bound(*root, from); i < root->count; ++i)
      if (!visit(*root->entries[i]))
        return false;
    return true;
  }
  for (size_t i = child_of(*root, from); i < root->count; ++i)
    if (!visit_from(inner(*root).children[i].get(), from, visit))
      return false;
  return true;
}

void put_entry(node_ptr& root, entry_ptr entry, uint64_t change) {
  if (!root)
    root = new image_node{true, change};
  auto upper = put(root, std::move(entry), change);
  if (!upper)
    return;
  auto* const above = new image_inner{change};
  const node_ptr held{above};
  for (auto* child : {&root, &upper}) {
    above->entries[above->count] = (*child)->entries[0];
    above->children[above->count++] = std::move(*child);
  }
  root = held;
}

void erase_entry(node_ptr& root, std::string_view key, uint64_t change) {
  if (find_entry(root.get(), key) == nullptr)
    return;
  erase(root, key, change);
  while (root && !root->is_leaf && root->count == 1)
    root = node_ptr{inner(*root).children[0]};
  if (root->count == 0)
    root = nullptr;
}

} // namespace trivium::storage

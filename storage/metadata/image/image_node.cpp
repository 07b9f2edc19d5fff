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
                     [](const image_entry* entry, std::string_view wanted) {
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

void insert_at(image_node& node, size_t at, const image_entry* entry,
               image_node* child) {
  auto* const begin = node.entries.begin();
  std::move_backward(begin + at, begin + node.count, begin + node.count + 1);
  node.entries[at] = entry;
  if (!node.is_leaf) {
    auto* const children = inner(node).children.begin();
    std::move_backward(children + at, children + node.count,
                       children + node.count + 1);
    children[at] = child;
  }
  ++node.count;
}

void remove_at(image_node& node, size_t at) {
  auto* const begin = node.entries.begin();
  std::move(begin + at + 1, begin + node.count, begin + at);
  if (!node.is_leaf) {
    auto* const children = inner(node).children.begin();
    std::move(children + at + 1, children + node.count, children + at);
  }
  --node.count;
}

/// Appends what `from` has from `first` on to what `to` has.
void append_tail(const image_node& from, size_t first, image_node& to) {
  std::copy(from.entries.begin() + first, from.entries.begin() + from.count,
            to.entries.begin() + to.count);
  if (!from.is_leaf)
    std::copy(inner(from).children.begin() + first,
              inner(from).children.begin() + from.count,
              inner(to).children.begin() + to.count);
  to.count = static_cast<uint16_t>(to.count + from.count - first);
}

image_node* new_node(bool is_leaf, uint64_t change) {
  return is_leaf ? new image_node{true, change} : new image_inner{change};
}

} // namespace

const image_entry* find_entry(const image_node* root, std::string_view key) {
  const auto* node = root;
  while (node != nullptr && !node->is_leaf)
    node = inner(*node).children[child_of(*node, key)];
  if (node == nullptr)
    return nullptr;
  const auto at = lower_bound(*node, key);
  return at < node->count && node->entries[at]->key() == key ? node->entries[at]
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
    if (!visit_from(inner(*root).children[i], from, visit))
      return false;
  return true;
}

const image_entry* tree_change::put(const image_entry* entry) {
  gone_ = nullptr;
  if (root_ == nullptr)
    root_ = new_node(true, number_);
  auto* const upper = put(root_, entry);
  if (upper != nullptr) {
    auto* const above = new image_inner{number_};
    for (auto* child : {root_, upper}) {
      above->entries[above->count] = child->entries[0];
      above->children[above->count++] = child;
    }
    root_ = above;
  }
  if (gone_ != nullptr)
    replaced_.entries.push_back(gone_);
  return gone_;
}

/// Gives the new upper part of a node that had no room.
image_node* tree_change::put(image_node*& at, const image_entry* entry) {
  make_own(at);
  auto& node = *at;
  if (node.is_leaf) {
    const auto place = lower_bound(node, entry->key());
    if (place < node.count && node.entries[place]->key() == entry->key()) {
      gone_ = std::exchange(node.entries[place], entry);
      return nullptr;
    }
    return insert(node, place, entry, nullptr);
  }
  const auto place = child_of(node, entry->key());
  auto*& child = inner(node).children[place];
  auto* const upper = put(child, entry);
  node.entries[place] = child->entries[0];
  return upper == nullptr ? nullptr
                          : insert(node, place + 1, upper->entries[0], upper);
}

/// Inserts where there is room, else splits; gives the new upper part.
image_node* tree_change::insert(image_node& node, size_t at,
                                const image_entry* entry, image_node* child) {
  if (node.count < image_node::capacity) {
    insert_at(node, at, entry, child);
    return nullptr;
  }
  auto* const upper = split(node, at);
  if (node.count < image_node::capacity && at <= node.count)
    insert_at(node, at, entry, child);
  else
    insert_at(*upper, at - node.count, entry, child);
  return upper;
}

/// A full node's upper part. Keys that come in their order fill nodes whole.
image_node* tree_change::split(image_node& node, size_t place) {
  auto* const upper = new_node(node.is_leaf, number_);
  const auto first =
    place == node.count ? size_t{node.count} : size_t{node.count} / 2;
  append_tail(node, first, *upper);
  node.count = static_cast<uint16_t>(first);
  return upper;
}

const image_entry* tree_change::erase(std::string_view key) {
  gone_ = find_entry(root_, key);
  if (gone_ == nullptr)
    return nullptr;
  erase(root_, key);
  while (!root_->is_leaf && root_->count == 1)
    retire(std::exchange(root_, inner(*root_).children[0]));
  if (root_->count == 0)
    retire(std::exchange(root_, nullptr));
  replaced_.entries.push_back(gone_);
  return gone_;
}

void tree_change::erase(image_node*& at, std::string_view key) {
  make_own(at);
  auto& node = *at;
  if (node.is_leaf)
    return remove_at(node, lower_bound(node, key));
  const auto place = child_of(node, key);
  auto*& child = inner(node).children[place];
  erase(child, key);
  if (child->count == 0) {
    retire(child);
    return remove_at(node, place);
  }
  node.entries[place] = child->entries[0];
  if (child->count < image_node::few)
    join(inner(node), place);
}

/// Joins a child that has few with a neighbour.
void tree_change::join(image_inner& node, size_t place) {
  const auto left = place + 1 < node.count ? place : place - 1;
  if (node.count < 2
      || node.children[left]->count + node.children[left + 1]->count
           > static_cast<int>(image_node::capacity))
    return;
  make_own(node.children[left]);
  append_tail(*node.children[left + 1], 0, *node.children[left]);
  retire(node.children[left + 1]);
  remove_at(node, left + 1);
}

void tree_change::make_own(image_node*& node) {
  if (node->made_by == number_)
    return;
  auto* const copy = new_node(node->is_leaf, number_);
  append_tail(*node, 0, *copy);
  retire(std::exchange(node, copy));
}

void tree_change::retire(const image_node* node) {
  if (node->made_by == number_)
    delete_node(node);
  else
    replaced_.nodes.push_back(node);
}

void tree_change::undo() { undo(std::exchange(root_, nullptr)); }

void tree_change::undo(image_node* node) {
  if (node == nullptr || node->made_by != number_)
    return;
  if (!node->is_leaf)
    for (size_t i = 0; i < node->count; ++i)
      undo(inner(*node).children[i]);
  delete_node(node);
}

void delete_node(const image_node* node) {
  if (node->is_leaf)
    delete node;
  else
    delete static_cast<const image_inner*>(node);
}

void delete_tree(const image_node* root) {
  if (root == nullptr)
    return;
  for (size_t i = 0; i < root->count; ++i)
    if (root->is_leaf)
      intrusive_ptr_release(root->entries[i]);
    else
      delete_tree(inner(*root).children[i]);
  delete_node(root);
}

} // namespace trivium::storage

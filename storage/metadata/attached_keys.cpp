#include "storage/metadata/attached_keys.hpp"

#include <algorithm>
#include <utility>

namespace trivium::storage {

void attached_keys::put(entry_ptr entry) {
  if (!many_ && (!only_ || only_->key() == entry->key())) {
    only_ = std::move(entry);
    return;
  }
  if (!many_) {
    many_ = std::make_unique<std::vector<entry_ptr>>();
    many_->push_back(std::exchange(only_, nullptr));
  }
  const auto at = std::lower_bound(
    many_->begin(), many_->end(), entry->key(),
    [](const entry_ptr& a, std::string_view key) { return a->key() < key; });
  if (at != many_->end() && (*at)->key() == entry->key())
    *at = std::move(entry);
  else
    many_->insert(at, std::move(entry));
}

void attached_keys::erase(std::string_view key) {
  if (only_ && only_->key() == key)
    only_ = nullptr;
  if (many_)
    std::erase_if(*many_, [&](const auto& one) { return one->key() == key; });
}

std::span<const entry_ptr> attached_keys::all() const {
  if (many_)
    return *many_;
  return {&only_, only_ ? size_t{1} : 0};
}

} // namespace trivium::storage

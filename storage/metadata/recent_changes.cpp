#include "storage/metadata/recent_changes.hpp"

#include <algorithm>

namespace trivium::storage {

void recent_changes::append(std::vector<made_change> changes) {
  if (changes.empty())
    return;
  commit made{changes.back().after->modified(), 0, std::move(changes)};
  for (const auto& one : made.changes)
    made.bytes += one.after->key().size() + one.after->value().size();
  const auto last = made.last;
  const auto bytes = made.bytes;
  auto shared = std::make_shared<const commit>(std::move(made));
  std::vector<std::shared_ptr<const commit>> gone; // beyond the lock
  const std::lock_guard locked{mutex_};
  commits_.push_back(std::move(shared));
  bytes_ += bytes;
  while (!commits_.empty()
         && (bytes_ > max_bytes || last + 1 - first_ > max_revisions)) {
    bytes_ -= commits_.front()->bytes;
    first_ = commits_.front()->last + 1;
    gone.push_back(std::move(commits_.front()));
    commits_.pop_front();
  }
}

std::optional<std::vector<change>>
recent_changes::changes(revision from, size_t limit, revision head) const {
  // Revisions have no gaps.
  if (limit < head && from <= head - limit)
    head = from + limit - 1;
  std::vector<std::shared_ptr<const commit>> held;
  {
    const std::lock_guard locked{mutex_};
    if (from < first_)
      return std::nullopt;
    for (auto at = std::partition_point(
           commits_.begin(), commits_.end(),
           [&](const auto& one) { return one->last < from; });
         at != commits_.end()
         && (*at)->changes.front().after->modified() <= head;
         ++at)
      held.push_back(*at);
  }
  std::vector<change> found;
  for (const auto& one : held)
    for (const auto& made : one->changes)
      if (made.after->modified() >= from && made.after->modified() <= head)
        found.push_back({made.after->copy(), made.is_erase});
  return found;
}

} // namespace trivium::storage

#pragma once

#include "storage/metadata/image/image_entry.hpp"

#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace trivium::storage {

/// A change, shared with the image that it led to.
struct made_change {
  entry_ptr after; ///< Without a value when erased.
  bool is_erase = false;
};

/// The changes of the last revisions, so that who watches does not read the
/// disk. What one commit changed comes and goes together. For any thread.
class recent_changes {
public:
  static constexpr uint64_t max_bytes = uint64_t{8} << 20;
  static constexpr uint64_t max_revisions = 8192;

  /// Knows what comes after `head`.
  explicit recent_changes(revision head) : first_(head + 1) {}

  /// Those of the revisions that follow the last ones, in order.
  void append(std::vector<made_change> changes);

  /// Of at most `limit` revisions from `from` to `head`; nothing where they are
  /// not all here.
  [[nodiscard]] std::optional<std::vector<change>>
  changes(revision from, size_t limit, revision head) const;

private:
  struct commit {
    revision last = 0;
    uint64_t bytes = 0;
    std::vector<made_change> changes;
  };

  mutable std::mutex mutex_; ///< Of all below.
  std::deque<std::shared_ptr<const commit>> commits_;
  revision first_; ///< Of the oldest one.
  uint64_t bytes_ = 0;
};

} // namespace trivium::storage

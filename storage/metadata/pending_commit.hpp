#pragma once

#include "messages/values/ec.hpp"
#include "messages/values/transaction.hpp"
#include "storage/metadata/record_layout.hpp"

#include <rocksdb/write_batch.h>

#include <functional>
#include <map>
#include <optional>
#include <string>

namespace trivium::storage {

/// A key as the next transaction of a batch finds it.
struct key_state {
  layout::index_entry entry; ///< Erased where the key never existed.
  std::string value;
};

/// Collects transactions into one batch. Each sees what those before it in the
/// batch did. Touches nothing until the batch is written.
class pending_commit {
public:
  /// What the store holds, for keys that the batch has not changed.
  using reader = std::function<expected<key_state>(const std::string& key)>;

  pending_commit(reader stored, revision head, int64_t now_ms)
    : stored_(std::move(stored)), base_(head), head_(head), now_ms_(now_ms) {}

  /// Errors: those of the reader; invalid_argument when a key with an appended
  /// revision meets another change of that key. Then the batch is void.
  [[nodiscard]] expected<commit_result> apply(const transaction& txn);

  /// The revision after the last transaction.
  [[nodiscard]] revision head() const { return head_; }

  /// Each key that the batch changes, as the last transaction leaves it.
  void for_each_change(
    const std::function<void(const std::string&, const key_state&)>& f) const;

  /// With the head in it. Empty when no transaction changed anything.
  [[nodiscard]] rocksdb::WriteBatch take();

private:
  [[nodiscard]] expected<const key_state*> find(const std::string& key);
  [[nodiscard]] expected<bool> holds(const compare& condition);
  [[nodiscard]] expected<void> apply_put(const put& step,
                                         layout::change_record& changes);
  [[nodiscard]] expected<void> apply_erase(const erase& step,
                                           layout::change_record& changes);
  void record(const std::string& key, key_state after,
              layout::change_record& changes);

  reader stored_;
  revision base_;
  revision head_;
  int64_t now_ms_;
  std::map<std::string, key_state> known_;
  rocksdb::WriteBatch batch_;
};

} // namespace trivium::storage

#pragma once

#include "messages/values/ec.hpp"
#include "messages/values/transaction.hpp"
#include "storage/metadata/image/image.hpp"
#include "storage/metadata/lease_table.hpp"
#include "storage/metadata/recent_changes.hpp"
#include "storage/metadata/record_layout.hpp"
#include "storage/metadata/rocksdb_database.hpp"

#include <rocksdb/write_batch.h>

#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace trivium::storage {

/// Collects transactions into one batch. Each sees what those before it in the
/// batch did. Touches nothing until the batch is written.
class pending_commit {
public:
  /// Finds an event that is stored; null where there is none.
  using event_reader =
    std::function<expected<entry_ptr>(const std::string& key)>;

  /// All of these stay until the end. `bytes`: of the transactions, about.
  pending_commit(const rocksdb_database& database, const image& now,
                 const lease_table& leases, event_reader events, int64_t now_ms,
                 size_t bytes)
    : database_(database), leases_(leases), events_(std::move(events)),
      next_(now), base_(now.head()), head_(now.head()), now_ms_(now_ms),
      batch_(2 * bytes) {}

  /// Errors: those of the reader; invalid_argument when a key with an appended
  /// revision meets another change of that key. Then the batch is void.
  [[nodiscard]] expected<commit_result> apply(const transaction& txn);

  /// The revision after the last transaction.
  [[nodiscard]] revision head() const { return head_; }

  /// With the head in it. Empty when no transaction changed anything. Once.
  [[nodiscard]] rocksdb::WriteBatch take_batch();
  /// In order. Ends it.
  [[nodiscard]] std::vector<made_change> take_changes() {
    return std::move(changes_);
  }
  [[nodiscard]] const std::vector<lease_step>& lease_steps() const {
    return lease_steps_;
  }
  /// What stands after it. Once.
  [[nodiscard]] image_ptr take_image() { return next_.finish(head_); }

private:
  [[nodiscard]] expected<bool> holds(const compare& condition);
  [[nodiscard]] bool is_quiet_beneath(std::string_view prefix,
                                      revision since) const;
  /// In byte order of keys.
  [[nodiscard]] std::vector<entry_ptr> attached_to(lease_id id) const;
  /// Null where there is none.
  [[nodiscard]] expected<entry_ptr> find_event(const std::string& key) const;
  [[nodiscard]] bool has_lease(const operation& step) const;
  [[nodiscard]] expected<void> apply(const operation& step);
  [[nodiscard]] expected<void> apply_put(const put& step);
  [[nodiscard]] expected<void> apply_erase(const std::string& key);
  void apply_revoke(lease_id id);
  void put_event(const std::string& value);
  /// `before`: what stands under the key, or null.
  void put_entry(const image_entry* before, std::string_view key,
                 std::string_view value, lease_id lease);
  void erase_entry(const image_entry& before);
  void write_change(std::span<const made_change> changes);
  void write_value(const made_change& made);

  const rocksdb_database& database_;
  const lease_table& leases_;
  event_reader events_;
  image_change next_;
  revision base_;
  revision head_;
  int64_t now_ms_;
  std::vector<made_change> changes_;
  size_t applied_ = 0; ///< Of these, by transactions before this one.
  layout::change_record record_;
  rocksdb::WriteBatch batch_;
  std::vector<lease_step> lease_steps_;
  /// By this batch, whatever became of it after.
  std::map<lease_id, std::vector<entry_ptr>> attached_;
};

} // namespace trivium::storage

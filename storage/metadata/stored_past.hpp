#pragma once

#include "messages/values/ec.hpp"
#include "messages/values/transaction.hpp"
#include "storage/metadata/record_layout.hpp"
#include "storage/metadata/rocksdb_database.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace trivium::storage {

/// What a database tells of the past: older values, history, events, changes.
/// For any thread. Errors of all: data_loss, and what a read of RocksDB says.
class stored_past {
public:
  /// The database stays until the end; `folder` is for texts.
  stored_past(const rocksdb_database& database, std::filesystem::path folder)
    : database_(database), folder_(std::move(folder)) {}

  /// Nothing where the key did not exist at that revision.
  [[nodiscard]] expected<std::optional<key_value>>
  value_at(const std::string& key, revision at) const;

  /// Of keys with the prefix behind the key `after`, but of no events; the
  /// first `limit` (0 = all). Looks at each value that those keys ever had.
  [[nodiscard]] expected<std::vector<key_value>>
  values_at(const std::string& prefix, const std::string& after, revision at,
            size_t limit) const;

  /// The same of events since the revision `oldest`.
  [[nodiscard]] expected<std::vector<key_value>>
  events_at(const std::string& prefix, const std::string& after,
            revision oldest, revision at, size_t limit) const;

  /// All that became of a key up to `head`.
  [[nodiscard]] expected<std::vector<change>> history(const std::string& key,
                                                      revision head) const;

  /// Of keys with the prefix, key after key, but of no events.
  [[nodiscard]] expected<std::vector<change>>
  histories(const std::string& prefix, revision head) const;

  /// Of at most `limit` revisions from `from` to `head`.
  [[nodiscard]] expected<std::vector<change>>
  changes(revision from, size_t limit, revision head) const;

  [[nodiscard]] expected<int64_t> committed_at(revision at) const;

private:
  /// What is stored below `from`, which begins as layout::value_key does.
  [[nodiscard]] expected<std::vector<change>> all_below(const std::string& from,
                                                        revision head) const;
  /// Nothing where it was compacted, or told no event.
  [[nodiscard]] expected<std::optional<key_value>> event_of(revision at) const;
  [[nodiscard]] expected<change> exactly(std::string_view key,
                                         revision modified) const;
  [[nodiscard]] error read_error(const rocksdb::Status& status) const;

  const rocksdb_database& database_;
  std::filesystem::path folder_;
};

} // namespace trivium::storage

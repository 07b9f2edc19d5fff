#pragma once

#include "messages/values/ec.hpp"
#include "messages/values/transaction.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace trivium::storage {

struct metadata_options {
  /// Commits are refused when they would leave less of the disk free; a full
  /// one can end the process inside RocksDB.
  uint64_t reserve_bytes = uint64_t{16} << 20;
  /// Milliseconds since the Unix epoch, written beside each revision; the
  /// system clock when empty.
  std::function<int64_t()> now_ms;
};

/// etcd's data model on RocksDB. `commit` is for one thread (the writer);
/// reads are for any.
class metadata_store {
public:
  /// Creates the folder where it does not exist. Errors: unavailable (another
  /// process holds it), data_loss, permission_denied, unsupported (written by
  /// a newer format version).
  [[nodiscard]] static expected<std::unique_ptr<metadata_store>>
  open(const std::filesystem::path& folder, metadata_options options = {});

  virtual ~metadata_store() = default;

  /// Applies the transactions in order, each with its own revision, in one
  /// write with one sync; each sees what those before it did. Durable on
  /// return. Nothing was applied after: invalid_argument (a transaction breaks
  /// storage/metadata/transaction_limits.hpp, which checks one alone),
  /// resource_exhausted (less than the reserve is free), data_loss,
  /// unavailable (an earlier write failed). After outcome_unknown (the write
  /// itself failed) the next open tells, and until then reads go on and
  /// commits are unavailable.
  [[nodiscard]] virtual expected<std::vector<commit_result>>
  commit(std::span<const transaction> transactions) = 0;

  [[nodiscard]] virtual revision head() const = 0;

  /// Reads at revisions below this one are refused as `compacted`, but for keys
  /// whose history is kept (storage/metadata/compaction.hpp); 0: none are.
  [[nodiscard]] virtual revision compacted() const = 0;

  /// Forgets, for ever, what no read at `before` or later finds. Looks at about
  /// `values` of the stored ones; true: it is done, false: call it again with
  /// the same revision. For the thread that commits. Errors: invalid_argument
  /// (a revision still to come), unavailable (an earlier write failed),
  /// data_loss.
  [[nodiscard]] virtual expected<bool> compact(revision before,
                                               size_t values) = 0;

  /// The last revision that was committed at `time` or before, by the clock of
  /// each commit (milliseconds since 1970); 0 where the store is younger.
  /// Error: compacted.
  [[nodiscard]] virtual expected<revision> revision_at(int64_t time) const = 0;

  /// The key's value at revision `at` (0 = head). Errors: not_found, compacted,
  /// invalid_argument for a revision still to come, data_loss.
  [[nodiscard]] virtual expected<key_value> get(const std::string& key,
                                                revision at = 0) const = 0;

  /// Keys that start with `prefix`, in byte order, at revision `at` (0 = head);
  /// the first `limit` of them (0 = all). Empty prefix: all. Errors as `get`'s.
  [[nodiscard]] virtual expected<std::vector<key_value>>
  range(const std::string& prefix, revision at = 0, size_t limit = 0) const = 0;

  /// Every value a key ever had and every erasing, oldest first, as far as they
  /// are kept; empty for a key that never was.
  [[nodiscard]] virtual expected<std::vector<change>>
  history(const std::string& key) const = 0;

  /// Changes with revision ≥ `from`, in order, those of at most `limit`
  /// revisions, whole. Empty when `from` is ahead of the head. Error:
  /// compacted.
  [[nodiscard]] virtual expected<std::vector<change>>
  changes(revision from, size_t limit) const = 0;
};

} // namespace trivium::storage

#pragma once

#include "messages/values/ec.hpp"
#include "messages/values/transaction.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
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
  /// Nanoseconds since the machine started, counted while it sleeps too, by
  /// which leases end; CLOCK_BOOTTIME when empty. Called by any thread.
  std::function<uint64_t()> uptime_ns;
  /// Tells one start of the machine from the others, at most 40 bytes; the
  /// kernel's name for it when empty.
  std::string boot_id;
};

struct lease_state {
  uint64_t ttl_ms = 0;
  uint64_t remaining_ms = 0;     ///< 0: over, but nobody has revoked it yet.
  std::vector<std::string> keys; ///< Attached to it, in byte order.
};

struct backup_manifest; // storage/metadata/backup/backup_manifest.hpp
struct long_work;       // storage/metadata/backup/long_work.hpp

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
  /// those after the key `after`, the first `limit` of them (0 = all). Empty
  /// prefix: all. Errors as `get`'s.
  [[nodiscard]] virtual expected<std::vector<key_value>>
  range(const std::string& prefix, revision at = 0, size_t limit = 0,
        const std::string& after = {}) const = 0;

  /// Every value a key ever had and every erasing, oldest first, as far as they
  /// are kept; empty for a key that never was.
  [[nodiscard]] virtual expected<std::vector<change>>
  history(const std::string& key) const = 0;

  /// The same of every key that starts with `prefix`, also of those that are
  /// gone, key after key in byte order; but of no events.
  [[nodiscard]] virtual expected<std::vector<change>>
  histories(const std::string& prefix) const = 0;

  /// Changes with revision ≥ `from`, in order, those of at most `limit`
  /// revisions, whole. Empty when `from` is ahead of the head. Error:
  /// compacted.
  [[nodiscard]] virtual expected<std::vector<change>>
  changes(revision from, size_t limit) const = 0;

  // A lease that is over does nothing by itself: who keeps leases asks for
  // those that are and commits `revoke_lease`. These are for any thread.

  /// Error: not_found.
  [[nodiscard]] virtual expected<lease_state> lease(lease_id id) const = 0;

  /// Its time alone, for who looks at many; 0: it is over, or never was.
  [[nodiscard]] virtual std::chrono::milliseconds
  lease_remaining(lease_id id) const = 0;

  /// Gives the lease its whole ttl again, and tells it, in milliseconds. Writes
  /// nothing to the disk. Error: not_found, also when it is over.
  [[nodiscard]] virtual expected<uint64_t> keep_alive(lease_id id) = 0;

  /// Leases that are over, oldest deadline first (then lowest id), at most
  /// `limit` of them.
  [[nodiscard]] virtual std::vector<lease_id> expired(size_t limit) const = 0;

  /// How long until a lease is over, 0 where one is; nothing where there is
  /// none.
  [[nodiscard]] virtual std::optional<std::chrono::milliseconds>
  next_deadline() const = 0;

  /// Copies the store as it is at one revision, the head at the call or a later
  /// one, to `folder`, durable on return; until then nothing is there. Commits
  /// go on meanwhile. For any thread. Errors: already_exists (the folder is not
  /// empty), not_found (no such parent), resource_exhausted, cancelled,
  /// unsupported (not by this engine).
  [[nodiscard]] virtual expected<backup_manifest>
  backup(const std::filesystem::path& folder, const long_work& work) const;
};

} // namespace trivium::storage

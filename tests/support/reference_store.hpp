#pragma once

#include "storage/metadata/metadata_store.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace trivium::test {

/// What a reference_store keeps; outlives it, as a disk does.
struct reference_state {
  struct held_lease {
    uint64_t ttl_ms = 0;
    uint64_t deadline_ns = 0;
  };

  /// All that became of a key, in order; an erasing last where it is gone.
  std::map<std::string, std::vector<change>> keys;
  std::vector<std::vector<change>> log; ///< [revision - 1]
  std::vector<int64_t> times;           ///< [revision - 1]
  std::map<lease_id, held_lease> leases;
  revision compacted = 0;
  std::string boot_id;
  uint64_t closed_at_ns = 0;
};

/// The rules of metadata_store in the plainest words: maps and loops, nothing
/// fast, nothing kept twice. Engines are held against it.
class reference_store final : public storage::metadata_store {
public:
  reference_store(std::shared_ptr<reference_state> state,
                  storage::metadata_options options);
  ~reference_store() override;

  expected<std::vector<commit_result>>
  commit(std::span<const transaction> transactions) override;
  revision head() const override { return state_->log.size(); }
  revision compacted() const override { return state_->compacted; }
  expected<bool> compact(revision before, size_t values) override;
  expected<revision> revision_at(int64_t time) const override;
  expected<key_value> get(const std::string& key, revision at) const override;
  expected<std::vector<key_value>>
  range(const std::string& prefix, revision at, size_t limit,
        const std::string& after) const override;
  expected<std::vector<change>> history(const std::string& key) const override;
  expected<std::vector<change>>
  histories(const std::string& prefix) const override;
  expected<std::vector<change>> changes(revision from,
                                        size_t limit) const override;
  expected<storage::lease_state> lease(lease_id id) const override;
  std::chrono::milliseconds lease_remaining(lease_id id) const override;
  expected<uint64_t> keep_alive(lease_id id) override;
  std::vector<lease_id> expired(size_t limit) const override;
  std::optional<std::chrono::milliseconds> next_deadline() const override;

private:
  const key_value* standing(const std::string& key) const;
  bool holds(const compare& condition) const;
  bool is_alive(lease_id id) const;
  expected<commit_result> apply(const transaction& txn);
  void apply(const operation& step);
  void revoke(lease_id id);
  void record(const std::string& key, const std::string* value,
              lease_id lease = 0);
  expected<void> check_kept(const std::string& key, revision at) const;

  std::shared_ptr<reference_state> state_;
  storage::metadata_options options_;
  std::vector<change> made_; ///< By the transaction that is applied.
};

} // namespace trivium::test

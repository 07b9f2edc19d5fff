#pragma once

#include "tests/chaos/simulation/operation.hpp"
#include "tests/support/reference_store.hpp"

#include <memory>

namespace trivium::test {

/// A reference_store whose commits fail now and then. One that fails with
/// outcome_unknown shows only after a restart whether it was applied; until
/// then commits are refused.
class faulty_store final : public storage::metadata_store {
public:
  faulty_store(std::shared_ptr<reference_state> state,
               const storage::metadata_options& options, random_source& random)
    : state_(std::move(state)), options_(options), random_(random),
      store_(state_, options) {}

  expected<std::vector<commit_result>>
  commit(std::span<const transaction> transactions) override;

  /// As a process that ends: nothing is written any more, and what was unknown
  /// is settled.
  void close();

  revision head() const override { return store_.head(); }
  revision compacted() const override { return store_.compacted(); }
  expected<bool> compact(revision before, size_t values) override {
    return store_.compact(before, values);
  }
  expected<revision> revision_at(int64_t time) const override {
    return store_.revision_at(time);
  }
  expected<key_value> get(const std::string& key, revision at) const override {
    return store_.get(key, at);
  }
  expected<std::vector<key_value>>
  range(const std::string& prefix, revision at, size_t limit,
        const std::string& after) const override {
    return store_.range(prefix, at, limit, after);
  }
  expected<std::vector<change>> history(const std::string& key) const override {
    return store_.history(key);
  }
  expected<std::vector<change>>
  histories(const std::string& prefix) const override {
    return store_.histories(prefix);
  }
  expected<std::vector<change>> changes(revision from,
                                        size_t limit) const override {
    return store_.changes(from, limit);
  }
  expected<storage::lease_state> lease(lease_id id) const override {
    return store_.lease(id);
  }
  std::chrono::milliseconds lease_remaining(lease_id id) const override {
    return store_.lease_remaining(id);
  }
  expected<uint64_t> keep_alive(lease_id id) override {
    return store_.keep_alive(id);
  }
  std::vector<lease_id> expired(size_t limit) const override {
    return store_.expired(limit);
  }
  std::optional<std::chrono::milliseconds> next_deadline() const override {
    return store_.next_deadline();
  }

  /// Virtual time.
  [[nodiscard]] int64_t now_ms() const { return options_.now_ms(); }

  size_t failing_percent = 0;
  bool is_broken = false; ///< Commits are refused until the next start.

private:
  std::shared_ptr<reference_state> state_;
  storage::metadata_options options_;
  random_source& random_;
  reference_store store_;
  std::shared_ptr<reference_state> settled_; ///< Null: as it is.
};

} // namespace trivium::test

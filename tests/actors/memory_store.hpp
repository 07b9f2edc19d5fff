#pragma once

#include "storage/metadata/backup/backup_manifest.hpp"
#include "storage/metadata/backup/long_work.hpp"
#include "storage/metadata/metadata_store.hpp"

#include <algorithm>
#include <map>
#include <vector>

namespace trivium::test {

/// The engine's contract in a map: enough for what actors ask of it. Counts
/// writes and reads of ranges, and fails them on demand.
class memory_store final : public storage::metadata_store {
public:
  expected<std::vector<commit_result>>
  commit(std::span<const transaction> transactions) override {
    ++writes;
    if (failure.code != ec::none)
      return fail(failure);
    std::vector<commit_result> results;
    for (const auto& one : transactions)
      results.push_back(apply(one));
    return results;
  }

  revision head() const override { return head_; }
  revision compacted() const override { return oldest; }
  expected<bool> compact(revision before, size_t) override {
    if (failure.code != ec::none)
      return fail(failure);
    forgotten = before;
    return ++steps % 3 == 0;
  }
  expected<revision> revision_at(int64_t) const override { return head_; }

  expected<key_value> get(const std::string& key, revision) const override {
    const auto found = keys_.find(key);
    if (found == keys_.end())
      return fail(ec::not_found, key);
    return found->second;
  }

  expected<std::vector<key_value>>
  range(const std::string& prefix, revision, size_t limit,
        const std::string& after = {}) const override {
    ++ranges;
    if (range_failure.code != ec::none)
      return fail(range_failure);
    std::vector<key_value> found;
    for (const auto& [key, value] : keys_)
      if (key.starts_with(prefix) && (after.empty() || key > after)
          && (limit == 0 || found.size() < limit))
        found.push_back(value);
    return found;
  }

  expected<storage::backup_manifest>
  backup(const std::filesystem::path& folder,
         const storage::long_work& work) const override {
    return on_backup(folder, work);
  }

  expected<std::vector<change>> history(const std::string&) const override {
    return std::vector<change>{};
  }

  expected<std::vector<change>> histories(const std::string&) const override {
    return std::vector<change>{};
  }

  expected<std::vector<change>> changes(revision from,
                                        size_t limit) const override {
    if (from <= oldest)
      return fail(ec::compacted, "it is no longer kept");
    std::vector<change> found;
    const auto last = limit > head_ ? head_ : from + limit - 1;
    for (const auto& one : log_)
      if (one.after.modified >= from && one.after.modified <= last)
        found.push_back(one);
    return found;
  }

  expected<storage::lease_state> lease(lease_id) const override {
    return fail(ec::not_found, "no lease");
  }
  std::chrono::milliseconds lease_remaining(lease_id) const override {
    return {};
  }
  expected<uint64_t> keep_alive(lease_id) override {
    return fail(ec::not_found, "no lease");
  }
  std::vector<lease_id> expired(size_t) const override { return {}; }
  std::optional<std::chrono::milliseconds> next_deadline() const override {
    return std::nullopt;
  }

  int writes = 0;
  revision oldest = 0;    ///< Events up to it are no longer kept.
  revision forgotten = 0; ///< As far as `compact` was told.
  int steps = 0;          ///< Of compactions, three each.
  mutable int ranges = 0;
  error failure{ec::none, {}};
  error range_failure{ec::none, {}};
  std::function<expected<storage::backup_manifest>(const std::filesystem::path&,
                                                   const storage::long_work&)>
    on_backup;

private:
  bool holds(const compare& condition) const {
    const auto found = keys_.find(condition.key);
    switch (condition.kind) {
    case compare::what::exists:
      return found != keys_.end();
    case compare::what::absent:
      return found == keys_.end();
    case compare::what::modified_is:
      return found != keys_.end()
             && found->second.modified == condition.modified;
    case compare::what::created_is:
      return found != keys_.end()
             && found->second.created == condition.modified;
    case compare::what::value_is:
      return found != keys_.end() && found->second.value == condition.value;
    case compare::what::quiet_beneath:
      return std::none_of(keys_.begin(), keys_.end(), [&](const auto& one) {
        return one.first.starts_with(condition.key)
               && one.second.modified > condition.modified;
      });
    case compare::what::attached_are:
      return condition.modified == 0; // nothing is attached here
    }
    return false;
  }

  commit_result apply(const transaction& one) {
    const auto succeeded =
      std::all_of(one.when.begin(), one.when.end(),
                  [this](const auto& condition) { return holds(condition); });
    const auto& operations = succeeded ? one.then : one.otherwise;
    if (operations.empty())
      return {succeeded, head_};
    ++head_;
    for (const auto& operation : operations)
      if (const auto* written = std::get_if<put>(&operation)) {
        auto key = written->key;
        if (written->append_revision)
          key += std::to_string(head_);
        keys_[key] = {key, written->value, head_, head_, 1};
        log_.push_back({keys_[key], false});
      } else {
        const auto& key = std::get<erase>(operation).key;
        keys_.erase(key);
        log_.push_back({{key, {}, 0, head_, 0}, true});
      }
    return {succeeded, head_};
  }

  std::map<std::string, key_value> keys_;
  std::vector<change> log_;
  revision head_ = 0;
};

} // namespace trivium::test

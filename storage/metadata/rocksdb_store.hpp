#pragma once

#include "storage/metadata/compaction.hpp"
#include "storage/metadata/head_record.hpp"
#include "storage/metadata/image/image_holder.hpp"
#include "storage/metadata/lease_table.hpp"
#include "storage/metadata/metadata_store.hpp"
#include "storage/metadata/owner_lock.hpp"
#include "storage/metadata/pending_commit.hpp"
#include "storage/metadata/recent_changes.hpp"
#include "storage/metadata/rocksdb_database.hpp"
#include "storage/metadata/stored_past.hpp"

#include <atomic>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace trivium::storage {

/// metadata_store over one RocksDB in `folder`/rocksdb, beside `owner` and
/// `head`. docs/formats/metadata.md.
class rocksdb_store final : public metadata_store {
public:
  rocksdb_store(std::filesystem::path folder, metadata_options options,
                owner_lock owner, rocksdb_database database,
                head_record acknowledged, image_ptr now,
                std::unique_ptr<lease_table> leases, revision compacted);

  expected<std::vector<commit_result>>
  commit(std::span<const transaction> transactions) override;

  revision head() const override {
    return images_.with_newest([](const image& now) { return now.head(); });
  }

  revision compacted() const override { return compacted_; }

  expected<bool> compact(revision before, size_t values) override;

  expected<revision> revision_at(int64_t time) const override;

  expected<key_value> get(const std::string& key, revision at) const override;

  expected<std::vector<key_value>>
  range(const std::string& prefix, revision at, size_t limit,
        const std::string& after) const override;

  expected<std::vector<change>> history(const std::string& key) const override;

  expected<std::vector<change>>
  histories(const std::string& prefix) const override {
    return past_.histories(prefix, head());
  }

  expected<std::vector<change>> changes(revision from,
                                        size_t limit) const override;

  expected<lease_state> lease(lease_id id) const override {
    return leases_->lease(id);
  }
  std::chrono::milliseconds lease_remaining(lease_id id) const override {
    return leases_->remaining(id);
  }
  expected<uint64_t> keep_alive(lease_id id) override {
    return leases_->keep_alive(id);
  }
  std::vector<lease_id> expired(size_t limit) const override {
    return leases_->expired(limit);
  }
  std::optional<std::chrono::milliseconds> next_deadline() const override {
    return leases_->next_deadline();
  }

  expected<backup_manifest> backup(const std::filesystem::path& folder,
                                   const long_work& work) const override;

private:
  [[nodiscard]] expected<void> write(rocksdb::WriteBatch batch);
  [[nodiscard]] expected<void> check_kept(std::string_view key,
                                          revision at) const;
  /// True for an event that is compacted, as soon as that is told.
  [[nodiscard]] bool is_forgotten(const std::string& key) const;
  [[nodiscard]] static expected<revision> resolved(revision at, revision head);
  /// For pending_commit.
  [[nodiscard]] expected<entry_ptr> event(const std::string& key) const;

  std::filesystem::path folder_;
  metadata_options options_;
  owner_lock owner_; ///< Outlives the database.
  rocksdb_database database_;
  stored_past past_;
  head_record acknowledged_;
  image_holder images_; ///< What stands at the head, all but events.
  recent_changes recent_;
  std::unique_ptr<lease_table> leases_;
  std::atomic<revision> compacted_;
  std::optional<compaction> compaction_; ///< One that is not done.
  std::string
    failed_write_; ///< Why no more is written; empty when all is well.
};

/// Opens (or creates) the database of `folder` and checks that it holds every
/// acknowledged revision.
[[nodiscard]] expected<std::unique_ptr<rocksdb_store>>
open_rocksdb(const std::filesystem::path& folder, metadata_options options);

} // namespace trivium::storage

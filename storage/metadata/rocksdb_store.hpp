#pragma once

#include "storage/metadata/compaction.hpp"
#include "storage/metadata/head_record.hpp"
#include "storage/metadata/image/image_holder.hpp"
#include "storage/metadata/metadata_store.hpp"
#include "storage/metadata/owner_lock.hpp"
#include "storage/metadata/pending_commit.hpp"
#include "storage/metadata/rocksdb_image.hpp"

#include <rocksdb/db.h>

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
                owner_lock owner, std::unique_ptr<rocksdb::DB> database,
                head_record acknowledged, loaded_image loaded,
                revision compacted);

  expected<std::vector<commit_result>>
  commit(std::span<const transaction> transactions) override;

  revision head() const override {
    return images_.with_newest([](const image& now) { return now.head(); });
  }

  revision compacted() const override { return compacted_; }

  expected<bool> compact(revision before, size_t values) override;

  expected<revision> revision_at(int64_t time) const override;

  expected<key_value> get(const std::string& key, revision at) const override;

  expected<std::vector<key_value>> range(const std::string& prefix, revision at,
                                         size_t limit) const override;

  expected<std::vector<change>> history(const std::string& key) const override;

  expected<std::vector<change>> changes(revision from,
                                        size_t limit) const override;

private:
  [[nodiscard]] expected<void> write(rocksdb::WriteBatch batch);
  [[nodiscard]] expected<void> check_kept(std::string_view key,
                                          revision at) const;
  [[nodiscard]] expected<int64_t> committed_at(revision at) const;
  void publish(const pending_commit& written);
  [[nodiscard]] static expected<revision> resolved(revision at, revision head);
  /// nullopt: the key was never there.
  [[nodiscard]] expected<std::optional<layout::index_entry>>
  index(const std::string& key) const;
  /// For pending_commit.
  [[nodiscard]] expected<key_state> state(const std::string& key) const;
  [[nodiscard]] expected<change> exactly(const std::string& key,
                                         revision modified) const;
  /// nullopt: the key did not exist at that revision.
  [[nodiscard]] expected<std::optional<key_value>>
  value_at(const std::string& key, const layout::index_entry& entry,
           revision at) const;
  [[nodiscard]] expected<change> parse(std::string key, revision modified,
                                       std::string_view stored) const;
  [[nodiscard]] std::unique_ptr<rocksdb::Iterator> iterate() const;
  [[nodiscard]] error read_error(const rocksdb::Status& status) const;

  std::filesystem::path folder_;
  metadata_options options_;
  owner_lock owner_; ///< Outlives the database.
  std::unique_ptr<rocksdb::DB> database_;
  head_record acknowledged_;
  image_holder images_; ///< What stands at the head, all but events.
  /// The greatest key of an event, for the thread that commits: a new event's
  /// is greater, and not looked for.
  std::string last_event_;
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

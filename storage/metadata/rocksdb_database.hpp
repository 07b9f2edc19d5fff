#pragma once

#include "messages/values/ec.hpp"

#include <rocksdb/db.h>

#include <filesystem>
#include <memory>
#include <string_view>

namespace trivium::storage {

/// A store's RocksDB. Its default column family holds values and the few
/// numbers about the store; the changes have one of their own, since they come
/// in their order and so are never merged with others. Both are flushed at
/// once: after a crash they are of one moment. docs/formats/metadata.md.
class rocksdb_database {
public:
  /// Made where there is none. Errors: unsupported and data_loss (another
  /// format, or not a store's), data_loss, unavailable.
  [[nodiscard]] static expected<rocksdb_database>
  open(const std::filesystem::path& path);

  /// The same of what is there, changing nothing. Error: data_loss where there
  /// is no store's, too.
  [[nodiscard]] static expected<rocksdb_database>
  open_read_only(const std::filesystem::path& path);

  /// Of logs that are kept, before what is in memory is written to tables.
  static constexpr uint64_t max_log_bytes = uint64_t{32} << 20;

  rocksdb_database(rocksdb_database&&) noexcept = default;

  [[nodiscard]] rocksdb::DB* operator->() const { return database_.get(); }
  [[nodiscard]] rocksdb::DB& operator*() const { return *database_; }
  [[nodiscard]] rocksdb::ColumnFamilyHandle* changes() const {
    return changes_.get();
  }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  /// One of the numbers about the store; 0 where it was never written.
  [[nodiscard]] expected<uint64_t> number(std::string_view key) const;

  enum class caching : bool { no, yes };
  [[nodiscard]] std::unique_ptr<rocksdb::Iterator>
  iterate_values(caching use = caching::yes) const;
  [[nodiscard]] std::unique_ptr<rocksdb::Iterator> iterate_changes() const;

  /// Writes what is in memory to tables, without waiting, once so many
  /// revisions are there that a replay of the log could not be checked for gaps
  /// by looking at `gap_check_revisions`.
  void flush_when_many() const;

private:
  /// Closes its family; the database goes after.
  struct close_family {
    rocksdb::DB* database;
    void operator()(rocksdb::ColumnFamilyHandle* family) const {
      database->DestroyColumnFamilyHandle(family);
    }
  };

  using family = std::unique_ptr<rocksdb::ColumnFamilyHandle, close_family>;

  rocksdb_database(std::filesystem::path path, rocksdb::DB* database,
                   rocksdb::ColumnFamilyHandle* values,
                   rocksdb::ColumnFamilyHandle* changes)
    : path_(std::move(path)), database_(database),
      values_(values, close_family{database}),
      changes_(changes, close_family{database}) {}

  std::filesystem::path path_;
  std::unique_ptr<rocksdb::DB> database_;
  family values_;
  family changes_;
};

/// How far back from the head the changes are checked for gaps at opening: more
/// than two write buffers, and so the logs that are replayed, hold.
inline constexpr uint64_t gap_check_revisions = 131'072;

} // namespace trivium::storage

#pragma once

#include "messages/values/ec.hpp"
#include "messages/values/transaction.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace trivium::storage {

/// etcd's data model on RocksDB. `commit` is for one thread (the writer);
/// reads are for any.
class metadata_store {
public:
  /// Creates the folder where it does not exist. Errors: unavailable (another
  /// process holds it), data_loss, permission_denied, unsupported (written by
  /// a newer format version).
  [[nodiscard]] static expected<std::unique_ptr<metadata_store>>
  open(const std::filesystem::path& folder);

  virtual ~metadata_store() = default;

  /// Applies the transactions in order, each with its own revision, in one
  /// write with one sync. Durable on return. Errors: resource_exhausted (disk
  /// full), data_loss, unavailable; then nothing was applied.
  [[nodiscard]] virtual expected<std::vector<commit_result>>
  commit(std::span<const transaction> transactions) = 0;

  [[nodiscard]] virtual revision head() const = 0;

  /// The key's value at revision `at` (0 = head). Error: not_found.
  [[nodiscard]] virtual expected<key_value> get(const std::string& key,
                                                revision at = 0) const = 0;

  /// Keys that start with `prefix`, in order, at revision `at` (0 = head).
  [[nodiscard]] virtual expected<std::vector<key_value>>
  range(const std::string& prefix, revision at = 0, size_t limit = 100'000) const
    = 0;

  /// Every value a key ever had, oldest first.
  [[nodiscard]] virtual expected<std::vector<change>>
  history(const std::string& key) const = 0;

  /// Changes with revision ≥ `from`, in order, at most `limit` revisions.
  [[nodiscard]] virtual expected<std::vector<change>>
  changes(revision from, size_t limit) const = 0;
};

} // namespace trivium::storage

#pragma once

#include "messages/values/ec.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace trivium::storage {

/// Position in the one order of all commits; 0 = before the first.
using revision = uint64_t;

struct key_value {
  std::string key;
  std::string value;
  revision created = 0;  ///< Revision that made the key (again).
  revision modified = 0; ///< Revision of this value.
  uint64_t version = 0;  ///< 1 for the first value since `created`.
};

/// A condition on one key; all of a transaction's must hold.
struct compare {
  enum class what : uint8_t { exists, absent, modified_is, value_is };
  std::string key;
  what kind = what::exists;
  revision modified = 0; ///< For modified_is.
  std::string value;     ///< For value_is.
};

struct put {
  std::string key;
  std::string value;
};

struct erase {
  std::string key;
};

using operation = std::variant<put, erase>;

/// compare / then / else, all or nothing.
struct transaction {
  std::vector<compare> when;
  std::vector<operation> then;
  std::vector<operation> otherwise;
};

struct commit_result {
  bool succeeded = false;  ///< `when` held.
  revision at = 0;         ///< Of this commit; the head when nothing changed.
};

/// One change of one key, as watches and history show it.
struct change {
  key_value after;         ///< With an empty value when erased.
  bool is_erase = false;
};

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

#pragma once

#include "messages/values/ec.hpp"
#include "messages/values/transaction.hpp"
#include "storage/metadata/rocksdb_database.hpp"

#include <rocksdb/write_batch.h>

#include <string>
#include <string_view>

namespace trivium::storage {

/// True for keys whose whole history stays: aliases and variants. Who moved
/// `production`, and what was checked, is told for ever.
[[nodiscard]] bool keeps_history(std::string_view key);

/// One way through the values of a database, forgetting what no read at
/// `before` or later finds: values that others replaced by then, keys that were
/// erased by then, events and changes of revisions below. In steps, for the
/// thread that commits; a way that ends early is gone again from its start.
class compaction {
public:
  compaction(const rocksdb_database& database, revision before);

  /// Looks at `values` more of them and puts what goes into `batch`. True: that
  /// was the last step. Errors: data_loss, what RocksDB says.
  [[nodiscard]] expected<bool> step(size_t values, rocksdb::WriteBatch& batch);

private:
  /// The newest value of a key up to `before_`.
  struct survivor {
    std::string stored; ///< Its RocksDB key; empty: there is none.
    std::string key;
    bool is_erased = false;
  };

  /// No other value of the survivor's key follows.
  void end_key(rocksdb::WriteBatch& batch);
  [[nodiscard]] expected<void> look_at(std::string_view stored,
                                       std::string_view bytes,
                                       rocksdb::WriteBatch& batch);

  const rocksdb_database& database_;
  revision before_;
  std::string next_;
  survivor survivor_;
};

} // namespace trivium::storage

#pragma once

#include "messages/values/ec.hpp"
#include "storage/metadata/image/image.hpp"

#include <rocksdb/db.h>

#include <filesystem>
#include <string>
#include <string_view>

namespace trivium::storage {

/// Every key but those of events: these are read in the order of the log, and
/// would fill the memory with the past.
[[nodiscard]] bool is_imaged(std::string_view key);

/// True where keys of both kinds, or of events alone, begin with `prefix`.
[[nodiscard]] bool may_hold_events(std::string_view prefix);

struct loaded_image {
  image_ptr now;
  std::string
    last_event; ///< The greatest key of an event; empty: there is none.
};

/// What stands in the database at its head, by one look at each value it holds.
/// Errors: data_loss and what a read of RocksDB says; `folder` for their texts.
[[nodiscard]] expected<loaded_image>
load_image(rocksdb::DB& database, revision head,
           const std::filesystem::path& folder);

} // namespace trivium::storage

#pragma once

#include "messages/values/ec.hpp"

#include <rocksdb/status.h>

#include <filesystem>
#include <string_view>

namespace trivium::storage {

/// The one place where RocksDB's words become ours: "PATH: cannot WHAT: …".
/// @pre not ok.
[[nodiscard]] error rocksdb_error(const rocksdb::Status& status,
                                  std::string_view what,
                                  const std::filesystem::path& path);

} // namespace trivium::storage

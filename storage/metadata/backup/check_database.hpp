#pragma once

#include "storage/metadata/backup/check.hpp"
#include "storage/metadata/rocksdb_database.hpp"

#include <filesystem>
#include <functional>
#include <string>

namespace trivium::storage {

using key_listener = std::function<void(key_value)>;

void add_finding(check_report& report, std::string text);

/// The part of check_metadata that looks into a database. Error: cancelled.
[[nodiscard]] expected<void> check_database(const rocksdb_database& database,
                                            const std::filesystem::path& folder,
                                            const long_work& work,
                                            const key_listener& stands,
                                            check_report& report);

} // namespace trivium::storage

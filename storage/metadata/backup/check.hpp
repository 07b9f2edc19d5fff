#pragma once

#include "messages/values/ec.hpp"
#include "messages/values/transaction.hpp"
#include "storage/metadata/backup/long_work.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace trivium::storage {

/// What a check of a store or a backup looked at and found.
struct check_report {
  static constexpr size_t max_findings = 100;

  std::vector<std::string> looked_at;
  std::vector<std::string> findings; ///< The first `max_findings`.
  uint64_t found = 0;                ///< All of them.
  bool is_backup = false;
  revision head = 0;

  [[nodiscard]] bool is_whole() const { return found == 0; }
};

/// Reads all that the metadata store or the backup in `folder` holds, and
/// changes nothing: that a backup is what its manifest says, RocksDB's
/// checksums, that every record can be decoded, that changes have no gaps and
/// agree with the values, that what is rebuilt of them is what stands, and
/// leases. What is wrong is a finding; an error is that it could not be looked
/// at: not_found (neither is there), unavailable (a process holds the store),
/// unsupported (another format), permission_denied, cancelled.
/// `stands`, where it is given, hears each key that stands.
[[nodiscard]] expected<check_report>
check_metadata(const std::filesystem::path& folder, const long_work& work = {},
               const std::function<void(key_value)>& stands = {});

} // namespace trivium::storage

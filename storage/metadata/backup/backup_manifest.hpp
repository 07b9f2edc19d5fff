#pragma once

#include "messages/values/digest.hpp"
#include "messages/values/ec.hpp"
#include "messages/values/transaction.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace trivium::storage {

struct backup_file {
  std::string path; ///< "rocksdb/NAME", relative to the backup's folder.
  uint64_t size_bytes = 0;
  digest sha256;

  friend bool operator==(const backup_file&, const backup_file&) = default;
};

/// What a backup of a metadata store says about itself, in the file `backup`:
/// docs/formats/metadata.md.
struct backup_manifest {
  uint64_t format_version = 0; ///< Of the store.
  revision head = 0;
  int64_t made_at_ms = 0; ///< Milliseconds since the Unix epoch.
  std::vector<backup_file> files;

  /// Of all files.
  [[nodiscard]] uint64_t size_bytes() const;

  friend bool operator==(const backup_manifest&,
                         const backup_manifest&) = default;
};

/// Its name in a backup's folder.
inline constexpr std::string_view backup_manifest_name = "backup";

[[nodiscard]] std::string encode(const backup_manifest& manifest);

/// Errors: data_loss (damaged, or not one), unsupported (a newer one).
[[nodiscard]] expected<backup_manifest>
decode_backup_manifest(std::string_view text);

/// Reads that of a folder, and checks that each file it names is there with its
/// size, no link, and no other beside them. Errors: not_found (no backup is
/// there), as above, data_loss.
[[nodiscard]] expected<backup_manifest>
read_backup_manifest(const std::filesystem::path& folder);

} // namespace trivium::storage

#pragma once

#include "messages/values/digest.hpp"
#include "storage/metadata/backup/long_work.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace trivium::storage {

/// Where a copy of several files stands.
struct copy_progress {
  const long_work& work;
  uint64_t all_bytes = 0;
  uint64_t done_bytes = 0;
};

/// SHA-256 of a file. Errors: of reading, cancelled.
[[nodiscard]] expected<digest> hash_file(const std::filesystem::path& path,
                                         copy_progress& progress);

/// Writes the bytes of `from` to a new file `to`, synced but for its name: as
/// copy_apart does. Gives their SHA-256. Errors: of reading and writing,
/// cancelled.
[[nodiscard]] expected<digest> copy_file(const std::filesystem::path& from,
                                         const std::filesystem::path& to,
                                         copy_progress& progress);

/// An absolute path, ready for one rename to put a folder in its place: there
/// is nothing, or an empty folder. Errors: already_exists, not_found (no such
/// parent), invalid_argument.
[[nodiscard]] expected<std::filesystem::path>
folder_target(const std::filesystem::path& path);

/// Puts a folder whose files are synced in the place of `target`, durable on
/// return. Error: already_exists where something came to be there.
[[nodiscard]] expected<void> put_in_place(const std::filesystem::path& folder,
                                          const std::filesystem::path& target);

} // namespace trivium::storage

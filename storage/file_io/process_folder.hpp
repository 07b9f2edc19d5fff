#pragma once

#include "messages/values/ec.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace trivium::storage {

/// A folder for unfinished files, held by flock: it lives as long as its
/// process, whatever process numbers are reused. Errors: permission_denied,
/// not_found (no parent), resource_exhausted.
class process_folder {
public:
  /// `parent`/PID-N, for this user alone.
  [[nodiscard]] static expected<process_folder>
  make(const std::filesystem::path& parent);

  /// `.NAME.PID-N.partial` beside `target`, so that one rename puts what it
  /// holds, or the folder itself, in place. Those that dead processes left
  /// there are removed first.
  [[nodiscard]] static expected<process_folder>
  beside(const std::filesystem::path& target);

  process_folder(process_folder&& other) noexcept;
  process_folder& operator=(process_folder&& other) noexcept;
  /// Removes the folder and what is left in it.
  ~process_folder();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

private:
  process_folder(std::filesystem::path path, int fd)
    : path_(std::move(path)), fd_(fd) {}

  std::filesystem::path path_;
  int fd_ = -1;
};

struct abandoned {
  std::filesystem::path path;
  uint64_t bytes = 0;
};

/// What dead processes left under `parent`; removed unless `dry_run`. Folders
/// of living ones are never touched.
[[nodiscard]] expected<std::vector<abandoned>>
collect_abandoned(const std::filesystem::path& parent, bool dry_run);

/// The same of the folders that `beside` makes there, whatever their target.
[[nodiscard]] expected<std::vector<abandoned>>
collect_abandoned_partial(const std::filesystem::path& parent, bool dry_run);

} // namespace trivium::storage

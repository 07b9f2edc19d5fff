#pragma once

#include "messages/values/ec.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace trivium::storage {

/// A folder for one store object's unfinished files, `parent`/PID-N, held by
/// flock: it lives as long as its process, whatever numbers are reused.
class process_folder {
public:
  /// Errors: permission_denied, resource_exhausted.
  [[nodiscard]] static expected<process_folder>
  make(const std::filesystem::path& parent);

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

} // namespace trivium::storage

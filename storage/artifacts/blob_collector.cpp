#include "storage/artifacts/blob_collector.hpp"

#include "storage/file_io/errno_text.hpp"

#include <algorithm>
#include <cerrno>
#include <sys/stat.h>
#include <unistd.h>

namespace trivium::storage {

namespace fs = std::filesystem;

namespace {

expected<std::vector<fs::path>> entries(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code reason;
  for (fs::directory_iterator entry{folder, reason}, end;
       !reason && entry != end; entry.increment(reason))
    found.push_back(entry->path());
  if (reason && reason != std::errc::not_a_directory)
    return fail(errno_error(reason.value(), "cannot list", folder));
  std::sort(found.begin(), found.end());
  return found;
}

std::chrono::sys_seconds modified(const struct stat& status) {
  return std::chrono::sys_seconds{std::chrono::seconds{status.st_mtim.tv_sec}};
}

} // namespace

expected<collected> collect_blobs(const blob_folder& blobs,
                                  const std::set<digest>& kept,
                                  std::chrono::sys_seconds not_after,
                                  bool dry_run) {
  collected result;
  TRIVIUM_TRY(const auto folders, entries(blobs.path()));
  for (const auto& folder : folders) {
    TRIVIUM_TRY(const auto files, entries(folder));
    for (const auto& file : files) {
      const auto blob = digest::parse(file.filename().string());
      struct stat status {};
      if (!blob || blobs.path(*blob) != file || kept.count(*blob) > 0
          || ::lstat(file.c_str(), &status) != 0
          || modified(status) > not_after)
        continue;
      if (!dry_run && ::unlink(file.c_str()) != 0)
        return fail(errno_error(errno, "cannot remove", file));
      ++result.blobs;
      result.bytes += static_cast<uint64_t>(status.st_size);
      result.names.push_back(to_string(*blob));
    }
  }
  return result;
}

} // namespace trivium::storage

#pragma once

#include "tests/support/power_cut/disk.hpp"

#include <mutex>

namespace trivium::test::power_cut {

/// One call that changes what lies in the watched folder: while this lives, no
/// other such call is made, so that each is wholly before the cut or was never
/// made. Nothing where no folder is watched, or in a call that this library
/// makes itself.
///
/// From the environment: TRIVIUM_POWER_FOLDER is watched,
/// TRIVIUM_POWER_REPORT gets a line for each such call ("fsync blobs/2d"),
/// instead of the TRIVIUM_POWER_CUT_AT-th one the process dies (SIGKILL), or
/// when it ends; TRIVIUM_POWER_SHADOW is then what the disk has, by
/// TRIVIUM_POWER_SEED (disk::leave). Syncs of
/// paths that begin with TRIVIUM_POWER_LIAR, below the folder, are not
/// honoured.
class watched_call {
public:
  watched_call();
  ~watched_call();
  watched_call(const watched_call&) = delete;
  watched_call& operator=(const watched_call&) = delete;

  [[nodiscard]] explicit operator bool() const { return disk_ != nullptr; }
  [[nodiscard]] disk& files() const { return *disk_; }

  /// Before the call is made: this may be the cut.
  void begins(const char* name, const std::filesystem::path& path) const;
  /// After a sync was asked for.
  void sync(node_id id, int fd) const;

private:
  std::unique_lock<std::mutex> lock_;
  disk* disk_ = nullptr;
};

} // namespace trivium::test::power_cut

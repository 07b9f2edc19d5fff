#include "storage/metadata/backup/long_work.hpp"

#include "storage/file_io/errno_text.hpp"

namespace trivium::storage {

expected<void> long_work::go_on(uint64_t done, uint64_t all,
                                const std::filesystem::path& path) const {
  if (cancel.is_cancelled())
    return fail(ec::cancelled, shown(path) + ": was cancelled");
  if (report)
    report(done, all);
  return {};
}

} // namespace trivium::storage

#include "storage/file_io/hashed_copy.hpp"

#include "messages/values/sha256.hpp"
#include "storage/file_io/errno_text.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace trivium::storage {

namespace {

constexpr uint64_t piece_bytes = uint64_t{1} << 20;
/// Written pages are sent to the disk this often, so that neither dirty memory
/// nor the final sync grows with the file.
constexpr uint64_t write_back_bytes = uint64_t{16} << 20;

expected<void> check_running(const cancel_token& cancel,
                             const std::filesystem::path& path) {
  if (cancel.is_cancelled())
    return fail(ec::cancelled, shown(path) + ": reading was cancelled");
  return {};
}

/// Calls `use(offset, bytes)` for piece after piece.
template <class Use>
expected<void> for_each_piece(const readable_file& file,
                              const cancel_token& cancel,
                              const bytes_done& report, Use use) {
  ::posix_fadvise(file.descriptor(), 0, 0, POSIX_FADV_SEQUENTIAL);
  std::vector<std::byte> buffer(std::min(piece_bytes, file.size()));
  for (uint64_t offset = 0; offset < file.size();) {
    TRIVIUM_CHECK(check_running(cancel, file.path()));
    const auto piece = std::span{buffer}.first(
      std::min<uint64_t>(buffer.size(), file.size() - offset));
    TRIVIUM_CHECK(file.read(offset, piece));
    TRIVIUM_CHECK(use(offset, std::span<const std::byte>{piece}));
    offset += piece.size();
    if (report)
      report(piece.size());
  }
  return check_running(cancel, file.path());
}

} // namespace

expected<bool> reflink(const readable_file& source, const staged_file& target) {
  if (source.size() == 0
      || ::ioctl(target.descriptor(), FICLONE, source.descriptor()) != 0)
    return false;
  struct stat status {};
  if (::fstat(target.descriptor(), &status) != 0)
    return fail(errno_error(errno, "cannot read", target.temporary_path()));
  const auto cloned = static_cast<uint64_t>(status.st_size);
  if (cloned < source.size())
    return fail(ec::data_loss, shown(source.path()) + ": has "
                                 + std::to_string(cloned) + " bytes, had "
                                 + std::to_string(source.size())
                                 + " when it was opened");
  if (cloned > source.size()
      && ::ftruncate(target.descriptor(), static_cast<off_t>(source.size()))
           != 0)
    return fail(errno_error(errno, "cannot cut", target.temporary_path()));
  return true;
}

expected<digest> hash_file(const readable_file& file,
                           const cancel_token& cancel,
                           const bytes_done& report) {
  sha256_hasher hasher;
  TRIVIUM_CHECK(for_each_piece(
    file, cancel, report,
    [&](uint64_t, std::span<const std::byte> piece) -> expected<void> {
      hasher.update(piece);
      return {};
    }));
  return hasher.finish();
}

expected<hashed_copy> copy_hashed(const readable_file& source,
                                  const staged_file& target,
                                  const cancel_token& cancel,
                                  const bytes_done& report) {
  TRIVIUM_CHECK(check_running(cancel, source.path()));
  TRIVIUM_TRY(const auto is_reflink, reflink(source, target));
  if (is_reflink) {
    TRIVIUM_TRY(const auto clone, readable_file::open(target.temporary_path()));
    TRIVIUM_TRY(const auto sha256, hash_file(*clone, cancel, report));
    return hashed_copy{sha256, true};
  }
  TRIVIUM_TRY(const auto sha256, copy_apart(source, target, cancel, report));
  return hashed_copy{sha256, false};
}

expected<digest> copy_apart(const readable_file& source,
                            const staged_file& target,
                            const cancel_token& cancel,
                            const bytes_done& report) {
  TRIVIUM_CHECK(target.reserve(source.size()));
  sha256_hasher hasher;
  uint64_t sent = 0;
  TRIVIUM_CHECK(for_each_piece(
    source, cancel, report,
    [&](uint64_t offset, std::span<const std::byte> piece) -> expected<void> {
      hasher.update(piece);
      TRIVIUM_CHECK(target.write(offset, piece));
      if (const auto end = offset + piece.size();
          end - sent >= write_back_bytes) {
        ::sync_file_range(target.descriptor(), static_cast<off_t>(sent),
                          static_cast<off_t>(end - sent),
                          SYNC_FILE_RANGE_WRITE);
        sent = end;
      }
      return {};
    }));
  return hasher.finish();
}

} // namespace trivium::storage

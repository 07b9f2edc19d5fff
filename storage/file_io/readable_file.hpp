#pragma once

#include "messages/values/ec.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace trivium::storage {

/// A regular file opened for reading: one descriptor, no second path look-up.
/// Immutable after opening; any number of threads may read at once.
class readable_file {
public:
  /// Opens a file that a person named. Follows symlinks (people use them),
  /// refuses anything but a regular file without waiting (FIFO, device,
  /// folder). Errors: not_found, permission_denied, invalid_argument.
  [[nodiscard]] static expected<std::shared_ptr<const readable_file>>
  open(const std::filesystem::path& path);

  /// Opens `relative` beneath `folder` for text that came out of a file:
  /// openat2(RESOLVE_BENEATH|NO_SYMLINKS|NO_MAGICLINKS), then a regular file
  /// with one link. Errors as above, permission_denied for what leaves it.
  [[nodiscard]] static expected<std::shared_ptr<const readable_file>>
  open_beneath(const std::filesystem::path& folder,
               const std::string& relative);

  /// A blob that only we write, read-only on disk: mapped, so that `view`
  /// copies nothing.
  [[nodiscard]] static expected<std::shared_ptr<const readable_file>>
  open_mapped(const std::filesystem::path& path);

  ~readable_file();
  readable_file(const readable_file&) = delete;
  readable_file& operator=(const readable_file&) = delete;

  [[nodiscard]] uint64_t size() const { return size_; }
  [[nodiscard]] int descriptor() const { return fd_; }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] bool is_mapped() const { return mapping_ != nullptr; }

  /// Fills `out` from `offset`. Errors: invalid_argument past the end,
  /// data_loss when the file became shorter, unavailable for I/O errors.
  [[nodiscard]] expected<void> read(uint64_t offset,
                                    std::span<std::byte> out) const;

  /// The bytes [offset, offset + size): straight from the mapping, or read
  /// into `scratch` (resized) where there is none. Errors as `read`.
  [[nodiscard]] expected<std::span<const std::byte>>
  view(uint64_t offset, uint64_t size, std::vector<std::byte>& scratch) const;

  /// Tells the kernel that mapped pages wholly inside the range are done with.
  void release(uint64_t offset, uint64_t size) const;

private:
  readable_file(std::filesystem::path path, int fd, uint64_t size);

  std::filesystem::path path_;
  int fd_;
  uint64_t size_;
  std::byte* mapping_ = nullptr;
};

} // namespace trivium::storage

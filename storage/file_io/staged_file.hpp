#pragma once

#include "messages/values/ec.hpp"
#include "storage/file_io/folders.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

namespace trivium::storage {

/// A file that becomes visible under its final name whole or not at all:
/// written under a temporary name in the same folder, synced, renamed, folder
/// synced. Destroyed before `publish`: the temporary file is removed.
class staged_file {
public:
  /// Creates the temporary file beside `target` and reserves `size` bytes on
  /// disk. Errors: resource_exhausted when the disk is full, permission_denied,
  /// not_found for a missing folder.
  [[nodiscard]] static expected<staged_file>
  create(const std::filesystem::path& target, uint64_t size);

  staged_file(staged_file&& other) noexcept;
  staged_file& operator=(staged_file&& other) noexcept;
  ~staged_file();

  /// Makes the file `size` bytes long and takes them from the disk. Error:
  /// resource_exhausted.
  [[nodiscard]] expected<void> reserve(uint64_t size) const;

  /// Writes at `offset`; threads may write disjoint ranges at once.
  [[nodiscard]] expected<void> write(uint64_t offset,
                                     std::span<const std::byte> bytes) const;

  /// fsync → rename onto the target → fsync of the folder. Durable on return.
  [[nodiscard]] expected<void> publish();

  /// fsync → rename onto `target` on the same file system. Who places many
  /// syncs their folders once, afterwards.
  [[nodiscard]] expected<void> place(const std::filesystem::path& target);

  /// Where the bytes are until `publish`.
  [[nodiscard]] const std::filesystem::path& temporary_path() const {
    return temporary_;
  }
  [[nodiscard]] int descriptor() const { return fd_; }

private:
  staged_file(std::filesystem::path target, std::filesystem::path temporary,
              int fd)
    : target_(std::move(target)), temporary_(std::move(temporary)), fd_(fd) {}

  std::filesystem::path target_;
  std::filesystem::path temporary_;
  int fd_ = -1;
};

/// Writes a small file atomically through a staged_file.
[[nodiscard]] expected<void> write_file(const std::filesystem::path& path,
                                        std::span<const std::byte> bytes);

/// Reads a whole file of at most `limit` bytes. Error: resource_exhausted
/// above.
[[nodiscard]] expected<std::string> read_file(const std::filesystem::path& path,
                                              uint64_t limit);

/// Bytes that an ordinary user may still write to the file system of `path`
/// (or of its nearest existing parent).
[[nodiscard]] expected<uint64_t> free_bytes(const std::filesystem::path& path);

/// Refuses with resource_exhausted, naming both figures, when fewer than
/// `wanted` bytes are free.
[[nodiscard]] expected<void>
require_free_bytes(const std::filesystem::path& path, uint64_t wanted);

} // namespace trivium::storage

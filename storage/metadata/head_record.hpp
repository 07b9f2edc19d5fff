#pragma once

#include "messages/values/ec.hpp"
#include "messages/values/transaction.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>

namespace trivium::storage {

/// The last acknowledged revision, kept a second time beside the log: a flipped
/// bit in the log's last record looks like a torn tail, and only this tells
/// that the record had been acknowledged. docs/formats/metadata.md.
///
/// Written after the log's sync and before the acknowledgement, without a sync
/// of its own: exact after a crash of the process, at most `writes_per_sync`
/// commits behind after a power cut. It is never ahead of what was synced.
class head_record {
public:
  static constexpr uint64_t writes_per_sync = 256;

  /// What the file says; nothing when there is none. Error: data_loss when no
  /// slot of it is whole.
  [[nodiscard]] static expected<std::optional<revision>>
  read(const std::filesystem::path& path);

  /// Opens the file, made with `head` and synced where it does not exist.
  [[nodiscard]] static expected<head_record>
  open(const std::filesystem::path& path, revision head);

  head_record(head_record&& other) noexcept;
  head_record& operator=(head_record&& other) noexcept;
  /// Syncs.
  ~head_record();

  /// Overwrites the older of the two slots.
  [[nodiscard]] expected<void> write(revision head);

private:
  head_record(std::filesystem::path path, int fd)
    : path_(std::move(path)), fd_(fd) {}

  std::filesystem::path path_;
  int fd_ = -1;
  uint64_t writes_ = 0;
};

} // namespace trivium::storage

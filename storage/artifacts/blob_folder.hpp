#pragma once

#include "messages/values/digest.hpp"
#include "messages/values/ec.hpp"
#include "messages/values/envelope.hpp"
#include "storage/file_io/hashed_copy.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>

namespace trivium::storage {

/// `folder`/<aa>/<sha256>: where a blob stands and how one gets there.
class blob_folder {
public:
  explicit blob_folder(std::filesystem::path folder)
    : folder_(std::move(folder)) {}

  [[nodiscard]] const std::filesystem::path& path() const { return folder_; }

  [[nodiscard]] std::filesystem::path path(const digest& blob) const;

  /// The size of the blob's file, nothing when there is none.
  [[nodiscard]] std::optional<uint64_t> size(const digest& blob) const;

  /// That the blob is there in its size. Errors: not_found, data_loss.
  [[nodiscard]] expected<void> check_size(const digest& blob,
                                          uint64_t size) const;

  /// artifact_store::export_blob, for one who reads a store's blobs while
  /// another process keeps it: nothing is created in the store.
  [[nodiscard]] expected<void> export_to(const std::filesystem::path& target,
                                         const digest& blob, uint64_t size,
                                         const cancel_token& cancel,
                                         const bytes_done& report) const;

private:
  std::filesystem::path folder_;
};

/// Puts blobs in place and syncs each folder that changed once, at the end.
class blob_placement {
public:
  explicit blob_placement(const blob_folder& blobs) : blobs_(blobs) {}

  /// Moves a staged file, which was hashed, under the blob's name, read-only
  /// and synced. It takes the place of a blob that is there already: that one
  /// may be damaged, or its name not durable.
  [[nodiscard]] expected<void> place(staged_file& file, const digest& blob);

  /// The same for a finished file of ours.
  [[nodiscard]] expected<void> place(const std::filesystem::path& file,
                                     const digest& blob);

  /// What was placed is durable on return.
  [[nodiscard]] expected<void> sync();

private:
  /// The blob's path; its folder exists.
  [[nodiscard]] expected<std::filesystem::path> prepare(const digest& blob);

  const blob_folder& blobs_;
  std::set<std::filesystem::path> changed_;
};

} // namespace trivium::storage

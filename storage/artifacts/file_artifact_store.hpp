#pragma once

#include "storage/artifacts/artifact_store.hpp"
#include "storage/artifacts/blob_folder.hpp"
#include "storage/file_io/process_folder.hpp"

#include <atomic>
#include <shared_mutex>

namespace trivium::storage {

/// artifact_store in one folder. docs/formats/artifacts.md.
class file_artifact_store final : public artifact_store {
public:
  file_artifact_store(std::filesystem::path root, process_folder own)
    : root_(std::move(root)), blobs_(root_ / "blobs"), own_(std::move(own)) {}

  expected<ingest_result> ingest(model_format format,
                                 std::vector<ingest_file> files,
                                 const cancel_token& cancel,
                                 const progress& report) override;

  expected<std::filesystem::path> make_staging(const std::string& job) override;

  expected<ingest_result>
  adopt(model_format format, const std::filesystem::path& staging,
        const std::vector<std::pair<std::string, file_role>>& files,
        const cancel_token& cancel) override;

  expected<manifest> find(const digest& artifact) const override;

  bool has_blob(const digest& blob) const override {
    return blobs_.size(blob).has_value();
  }

  expected<std::shared_ptr<const readable_file>>
  open_blob(const digest& blob, uint64_t size) const override;

  expected<void> export_blob(const digest& blob, uint64_t size,
                             const std::filesystem::path& target,
                             const cancel_token& cancel) const override;

  expected<void> link_blob(const digest& blob, uint64_t size,
                           const std::filesystem::path& target) const override;

  expected<collected> collect(const std::set<digest>& live,
                              std::chrono::seconds keep_for,
                              bool dry_run) override;

private:
  /// As known or as copied, before it is put in place.
  void count(const manifest_entry& file, ingest_result& result) const;
  /// Writes the manifest, last.
  [[nodiscard]] expected<void> publish(ingest_result& result);
  [[nodiscard]] expected<std::set<digest>>
  kept_by(const std::set<digest>& live) const;

  std::filesystem::path root_;
  blob_folder blobs_;
  process_folder own_;
  std::atomic<uint64_t> staged_{0};
  /// Shared while blobs are put in place, alone while they are collected.
  std::shared_mutex placing_;
};

} // namespace trivium::storage

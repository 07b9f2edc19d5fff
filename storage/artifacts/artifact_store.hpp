#pragma once

#include "messages/values/envelope.hpp"
#include "messages/values/manifest.hpp"
#include "storage/file_io/readable_file.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace trivium::storage {

/// A file on its way into the store.
struct ingest_file {
  std::string path; ///< Relative inside the artifact.
  file_role role = file_role::weights;
  std::shared_ptr<const readable_file> bytes;
};

struct ingest_result {
  manifest files;
  digest artifact; ///< SHA-256 of files.canonical().
  uint64_t bytes_copied = 0;
  uint64_t bytes_known = 0; ///< Of blobs that were there in their full size.
};

struct collected {
  uint64_t blobs = 0;
  uint64_t bytes = 0;
  std::vector<std::string> names; ///< Of the blobs and left-over staging files.
};

/// Files by their SHA-256 under `<root>/blobs/<aa>/<sha256>`, read-only;
/// manifests are blobs too. Any number of threads.
class artifact_store {
public:
  /// Creates the folders and removes what interrupted ingests left in staging.
  [[nodiscard]] static expected<std::unique_ptr<artifact_store>>
  open(const std::filesystem::path& root);

  virtual ~artifact_store() = default;

  /// Called with (bytes done, bytes in all).
  using progress = std::function<void(uint64_t, uint64_t)>;

  /// Reflinks or copies each file while hashing it, then the manifest. Durable
  /// on return; nothing is visible before. The source may change underneath:
  /// what is stored is what was hashed, and it replaces a blob that was there,
  /// so that on return each blob holds what its name says. Errors:
  /// resource_exhausted, cancelled, data_loss (the source became shorter).
  [[nodiscard]] virtual expected<ingest_result>
  ingest(model_format format, std::vector<ingest_file> files,
         const cancel_token& cancel, const progress& report) = 0;

  /// A folder on the store's file system where a variant is written before
  /// `adopt`. Removed by the next open when left behind.
  [[nodiscard]] virtual expected<std::filesystem::path>
  make_staging(const std::string& job) = 0;

  /// Turns the finished files of a staging folder into blobs (hash, rename, no
  /// copy) and removes the folder. Durable on return.
  [[nodiscard]] virtual expected<ingest_result>
  adopt(model_format format, const std::filesystem::path& staging,
        const std::vector<std::pair<std::string, file_role>>& files,
        const cancel_token& cancel) = 0;

  /// The manifest of an artifact, its own digest checked. Errors: not_found,
  /// data_loss.
  [[nodiscard]] virtual expected<manifest>
  find(const digest& artifact) const = 0;

  [[nodiscard]] virtual bool has_blob(const digest& blob) const = 0;

  /// Mapped, size checked against `size`. Errors: not_found, data_loss.
  [[nodiscard]] virtual expected<std::shared_ptr<const readable_file>>
  open_blob(const digest& blob, uint64_t size) const = 0;

  /// Copies (or reflinks) a blob to `target` while checking its SHA-256;
  /// staged, so `target` is whole or absent. Errors: not_found, data_loss on a
  /// mismatch, cancelled, resource_exhausted.
  [[nodiscard]] virtual expected<void>
  export_blob(const digest& blob, uint64_t size,
              const std::filesystem::path& target,
              const cancel_token& cancel) const = 0;

  /// Names a blob `target` (inside a staging folder, its folders made) without
  /// a copy, for a runtime that reads it; the name goes with the staging
  /// folder. Errors: not_found, data_loss (size), invalid_argument (a target
  /// elsewhere).
  [[nodiscard]] virtual expected<void>
  link_blob(const digest& blob, uint64_t size,
            const std::filesystem::path& target) const = 0;

  /// Removes blobs that no artifact in `live` names and that are older than
  /// `keep_for`; `dry_run` only lists them.
  [[nodiscard]] virtual expected<collected>
  collect(const std::set<digest>& live, std::chrono::seconds keep_for,
          bool dry_run) = 0;
};

} // namespace trivium::storage

#include "storage/artifacts/file_artifact_store.hpp"

#include "messages/values/names.hpp"
#include "messages/values/sha256.hpp"
#include "storage/artifacts/blob_collector.hpp"
#include "storage/artifacts/manifest_reader.hpp"
#include "storage/file_io/errno_text.hpp"
#include "storage/file_io/hashed_copy.hpp"
#include "storage/file_io/staged_file.hpp"

#include <algorithm>
#include <cerrno>
#include <mutex>
#include <sys/stat.h>

namespace trivium::storage {

namespace fs = std::filesystem;

namespace {

/// Told before the first byte is copied, not after most of them.
expected<void> check_space(const std::vector<ingest_file>& files,
                           uint64_t total, const fs::path& folder) {
  const auto largest = std::max_element(
    files.begin(), files.end(), [](const auto& a, const auto& b) {
      return a.bytes->size() < b.bytes->size();
    });
  TRIVIUM_TRY(const auto probe, staged_file::create(folder / "probe", 0));
  TRIVIUM_TRY(const auto is_shared, reflink(*largest->bytes, probe));
  return is_shared ? expected<void>{} : require_free_bytes(folder, total);
}

/// Of the paths and roles alone: nothing is read for an artifact that could
/// not be named.
expected<manifest> outline(model_format format,
                           std::vector<manifest_entry> files) {
  manifest artifact{format, std::move(files)};
  std::sort(artifact.files.begin(), artifact.files.end(),
            [](const auto& a, const auto& b) { return a.path < b.path; });
  TRIVIUM_CHECK(check_manifest(artifact));
  return artifact;
}

} // namespace

expected<std::unique_ptr<artifact_store>>
artifact_store::open(const fs::path& root) {
  TRIVIUM_CHECK(make_folders(root / "blobs"));
  TRIVIUM_CHECK(make_folders(root / "staging"));
  TRIVIUM_TRY(auto own, process_folder::make(root / "staging"));
  TRIVIUM_CHECK(collect_abandoned(root / "staging", false));
  return std::make_unique<file_artifact_store>(root, std::move(own));
}

// --- taking files in ---------------------------------------------------------

expected<ingest_result>
file_artifact_store::ingest(model_format format, std::vector<ingest_file> files,
                            const cancel_token& cancel,
                            const progress& report) {
  std::sort(files.begin(), files.end(),
            [](const auto& a, const auto& b) { return a.path < b.path; });
  std::vector<manifest_entry> entries;
  for (const auto& file : files)
    entries.push_back({file.path, file.role, file.bytes->size(), {}});
  ingest_result result;
  TRIVIUM_TRY(result.files, outline(format, std::move(entries)));

  const auto total = result.files.total_bytes();
  TRIVIUM_CHECK(check_space(files, total, own_.path()));
  uint64_t done = 0;
  const auto tell = [&](uint64_t bytes) {
    done += bytes;
    if (report)
      report(done, total);
  };
  std::vector<staged_file> copies;
  for (size_t i = 0; i < files.size(); ++i) {
    TRIVIUM_TRY(auto copy, staged_file::create(own_.path() / "ingest", 0));
    TRIVIUM_TRY(const auto copied,
                copy_hashed(*files[i].bytes, copy, cancel, tell));
    result.files.files[i].sha256 = copied.sha256;
    copies.push_back(std::move(copy));
  }

  const std::shared_lock lock{placing_};
  blob_placement placement{blobs_};
  for (size_t i = 0; i < files.size(); ++i) {
    const auto& entry = result.files.files[i];
    count(entry, result);
    TRIVIUM_CHECK(placement.place(copies[i], entry.sha256));
  }
  TRIVIUM_CHECK(placement.sync());
  TRIVIUM_CHECK(publish(result));
  return result;
}

expected<fs::path> file_artifact_store::make_staging(const std::string& job) {
  TRIVIUM_CHECK(check_name("job id", job));
  auto path = own_.path() / (std::to_string(++staged_) + "-" + job);
  if (::mkdir(path.c_str(), 0700) != 0)
    return fail(errno_error(errno, "cannot create folder", path));
  return path;
}

expected<ingest_result> file_artifact_store::adopt(
  model_format format, const fs::path& staging,
  const std::vector<std::pair<std::string, file_role>>& files,
  const cancel_token& cancel) {
  if (staging.parent_path() != own_.path())
    return fail(ec::invalid_argument,
                shown(staging) + ": is not a staging folder of this store");
  std::vector<manifest_entry> entries;
  for (const auto& [path, role] : files)
    entries.push_back({path, role, 0, {}});
  ingest_result result;
  TRIVIUM_TRY(result.files, outline(format, std::move(entries)));
  for (auto& entry : result.files.files) {
    TRIVIUM_TRY(const auto file,
                readable_file::open_beneath(staging, entry.path));
    TRIVIUM_TRY(entry.sha256, hash_file(*file, cancel, {}));
    entry.size = file->size();
  }
  {
    const std::shared_lock lock{placing_};
    blob_placement placement{blobs_};
    for (const auto& entry : result.files.files) {
      count(entry, result);
      TRIVIUM_CHECK(placement.place(staging / entry.path, entry.sha256));
    }
    TRIVIUM_CHECK(placement.sync());
    TRIVIUM_CHECK(publish(result));
  }
  std::error_code ignored; // else the next open removes it
  fs::remove_all(staging, ignored);
  return result;
}

void file_artifact_store::count(const manifest_entry& file,
                                ingest_result& result) const {
  const auto is_known = blobs_.size(file.sha256) == file.size;
  (is_known ? result.bytes_known : result.bytes_copied) += file.size;
}

expected<void> file_artifact_store::publish(ingest_result& result) {
  const auto text = result.files.canonical();
  if (text.size() > max_manifest_bytes)
    return fail(ec::invalid_argument,
                "the manifest would have " + std::to_string(text.size())
                  + " bytes; at most " + std::to_string(max_manifest_bytes));
  result.artifact = sha256(text);
  TRIVIUM_TRY(auto file, staged_file::create(own_.path() / "manifest", 0));
  TRIVIUM_CHECK(file.write(0, std::as_bytes(std::span{text})));
  blob_placement placement{blobs_};
  TRIVIUM_CHECK(placement.place(file, result.artifact));
  return placement.sync();
}

// --- giving files out --------------------------------------------------------

expected<manifest> file_artifact_store::find(const digest& artifact) const {
  if (!blobs_.size(artifact))
    return fail(ec::not_found,
                "artifact " + to_string(artifact) + " is not in the store");
  const auto path = blobs_.path(artifact);
  TRIVIUM_TRY(const auto file, readable_file::open(path));
  if (file->size() > max_manifest_bytes)
    return fail(ec::data_loss, shown(path) + ": is not a manifest: "
                                 + std::to_string(file->size()) + " bytes");
  TRIVIUM_TRY(const auto text, read_file(path, max_manifest_bytes));
  if (const auto seen = sha256(text); seen != artifact)
    return fail(ec::data_loss, shown(path) + ": the manifest is damaged: its "
                                 + "SHA-256 is " + to_string(seen));
  auto found = read_manifest(text);
  if (!found)
    return fail(found.error().code, shown(path) + ": " + found.error().text);
  return found;
}

expected<std::shared_ptr<const readable_file>>
file_artifact_store::open_blob(const digest& blob, uint64_t size) const {
  TRIVIUM_CHECK(blobs_.check_size(blob, size));
  return readable_file::open_mapped(blobs_.path(blob));
}

expected<void>
file_artifact_store::export_blob(const digest& blob, uint64_t size,
                                 const fs::path& target,
                                 const cancel_token& cancel) const {
  return blobs_.export_to(target, blob, size, cancel, {});
}

expected<void> file_artifact_store::link_blob(const digest& blob, uint64_t size,
                                              const fs::path& target) const {
  TRIVIUM_CHECK(blobs_.check_size(blob, size));
  // Elsewhere a blob would be one chmod away from being changed.
  const auto below = target.lexically_normal().lexically_relative(
    own_.path().lexically_normal());
  if (below.empty() || *below.begin() == "..")
    return fail(ec::invalid_argument,
                shown(target) + ": is not in a staging folder of this store");
  std::error_code failed;
  fs::create_directories(target.parent_path(), failed);
  if (failed)
    return fail(
      errno_error(failed.value(), "cannot create", target.parent_path()));
  fs::create_hard_link(blobs_.path(blob), target, failed);
  if (failed)
    return fail(errno_error(failed.value(), "cannot link", target));
  return {};
}

// --- collecting --------------------------------------------------------------

expected<collected> file_artifact_store::collect(const std::set<digest>& live,
                                                 std::chrono::seconds keep_for,
                                                 bool dry_run) {
  const std::unique_lock lock{placing_};
  TRIVIUM_TRY(const auto kept, kept_by(live));
  const auto now =
    std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  TRIVIUM_TRY(auto result,
              collect_blobs(blobs_, kept, now - keep_for, dry_run));
  TRIVIUM_TRY(const auto left, collect_abandoned(root_ / "staging", dry_run));
  for (const auto& [path, bytes] : left) {
    result.bytes += bytes;
    result.names.push_back("staging/" + shown(path.filename()));
  }
  return result;
}

expected<std::set<digest>>
file_artifact_store::kept_by(const std::set<digest>& live) const {
  std::set<digest> kept;
  for (const auto& artifact : live) {
    // Whose manifest cannot be read may need any blob: nothing is removed.
    auto found = find(artifact);
    if (!found)
      return fail(ec::data_loss, "nothing is collected: a live artifact's "
                                 "manifest cannot be read: "
                                   + found.error().text);
    kept.insert(artifact);
    for (const auto& file : found->files)
      kept.insert(file.sha256);
  }
  return kept;
}

} // namespace trivium::storage

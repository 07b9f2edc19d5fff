#include "actors/node/store_care.hpp"

#include "actors/artifacts/live_artifacts.hpp"
#include "messages/values/manifest.hpp"
#include "storage/artifacts/artifact_store.hpp"
#include "storage/file_io/errno_text.hpp"
#include "storage/file_io/folders.hpp"
#include "storage/metadata/backup/backup_manifest.hpp"
#include "storage/metadata/backup/check.hpp"
#include "storage/metadata/backup/restore.hpp"

#include <set>

namespace trivium::actors {

namespace {

namespace fs = std::filesystem;

fs::path metadata_of(const fs::path& root) { return root / "metadata"; }

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

backup_summary summary_of(const storage::backup_manifest& manifest,
                          const fs::path& folder) {
  return {folder.native(), manifest.head, manifest.made_at_ms,
          manifest.files.size(), manifest.size_bytes()};
}

/// Which blobs are there of those that a store's records name.
class blob_check {
public:
  blob_check(const fs::path& root, const storage::long_work& work,
             store_check& report)
    : root_(root), work_(work), report_(report) {}

  expected<void> run(const std::vector<key_value>& models) {
    const auto live = live_artifacts(models);
    if (!live) {
      find(live.error().text);
      return {};
    }
    if (is_there(root_ / "blobs")) {
      TRIVIUM_TRY(store_, storage::artifact_store::open(root_));
    }
    uint64_t done = 0;
    for (const auto& artifact : *live) {
      TRIVIUM_CHECK(work_.go_on(done++, live->size(), root_));
      look_at(artifact);
    }
    report_.looked_at.push_back(
      std::to_string(seen_.size()) + " blobs of " + std::to_string(live->size())
      + " artifacts: that they are there, in their size");
    return {};
  }

private:
  void find(std::string text) {
    if (++report_.found <= storage::check_report::max_findings)
      report_.findings.push_back(std::move(text));
  }

  void miss(const digest& blob) {
    if (++report_.missing_blobs <= storage::check_report::max_findings)
      report_.missing.push_back(to_string(blob));
  }

  void look_at(const digest& artifact) {
    seen_.insert(artifact);
    if (!store_)
      return miss(artifact);
    const auto files = store_->find(artifact);
    if (!files && files.error().code == ec::not_found)
      return miss(artifact);
    if (!files)
      return find(files.error().text);
    for (const auto& file : files->files) {
      if (!seen_.insert(file.sha256).second)
        continue;
      const auto blob = store_->open_blob(file.sha256, file.size);
      if (!blob && blob.error().code == ec::not_found)
        miss(file.sha256);
      else if (!blob)
        find(blob.error().text);
    }
  }

  const fs::path& root_;
  const storage::long_work& work_;
  store_check& report_;
  std::unique_ptr<storage::artifact_store> store_;
  std::set<digest> seen_;
};

store_check report_of(storage::check_report metadata, const fs::path& folder) {
  store_check report;
  report.folder = folder.native();
  report.is_backup = metadata.is_backup;
  report.head = metadata.head;
  report.looked_at = std::move(metadata.looked_at);
  report.findings = std::move(metadata.findings);
  report.found = metadata.found;
  return report;
}

} // namespace

expected<backup_summary> make_backup(const storage::metadata_store& metadata,
                                     const fs::path& folder,
                                     const storage::long_work& work) {
  TRIVIUM_TRY(const auto manifest, metadata.backup(folder, work));
  return summary_of(manifest, folder);
}

expected<backup_summary> back_up_store(const fs::path& root,
                                       const fs::path& folder,
                                       const storage::long_work& work) {
  // Opening would make one.
  if (!is_there(metadata_of(root) / "rocksdb"))
    return fail(ec::not_found, storage::shown(root) + ": there is no store");
  TRIVIUM_TRY(const auto store,
              storage::metadata_store::open(metadata_of(root)));
  return make_backup(*store, folder, work);
}

expected<backup_summary> restore_store(const fs::path& backup,
                                       const fs::path& root,
                                       const storage::long_work& work) {
  TRIVIUM_CHECK(storage::read_backup_manifest(backup)); // ahead of any folder
  TRIVIUM_CHECK(storage::make_folders(root));
  TRIVIUM_TRY(const auto manifest,
              storage::restore_metadata(backup, metadata_of(root), work));
  return summary_of(manifest, metadata_of(root));
}

expected<store_check> check_store(const fs::path& folder,
                                  const storage::long_work& work) {
  const auto is_store = is_there(metadata_of(folder));
  const auto metadata = is_store ? metadata_of(folder) : folder;
  std::vector<key_value> models;
  TRIVIUM_TRY(auto looked,
              storage::check_metadata(metadata, work, [&](key_value one) {
                if (one.key.starts_with("models/"))
                  models.push_back(std::move(one));
              }));
  auto report = report_of(std::move(looked), folder);
  if (is_store)
    TRIVIUM_CHECK(blob_check(folder, work, report).run(models));
  return report;
}

} // namespace trivium::actors

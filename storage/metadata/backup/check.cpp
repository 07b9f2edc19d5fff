#include "storage/metadata/backup/check.hpp"

#include "storage/file_io/errno_text.hpp"
#include "storage/metadata/backup/backup_manifest.hpp"
#include "storage/metadata/backup/check_database.hpp"
#include "storage/metadata/backup/file_copy.hpp"
#include "storage/metadata/head_record.hpp"
#include "storage/metadata/owner_lock.hpp"
#include "storage/metadata/rocksdb_database.hpp"

#include <optional>

namespace trivium::storage {

namespace fs = std::filesystem;

namespace {

/// True where somebody must be told that it could not be looked at.
bool is_no_finding(ec code) {
  return code == ec::cancelled || code == ec::unsupported
         || code == ec::permission_denied || code == ec::resource_exhausted;
}

/// Nothing where the manifest itself is a finding.
expected<std::optional<backup_manifest>> check_files(const fs::path& folder,
                                                     const long_work& work,
                                                     check_report& report) {
  auto manifest = read_backup_manifest(folder);
  if (!manifest && is_no_finding(manifest.error().code))
    return fail(manifest.error());
  if (!manifest) {
    add_finding(report, manifest.error().text);
    return std::nullopt;
  }
  copy_progress progress{work, manifest->size_bytes()};
  for (const auto& file : manifest->files) {
    const auto sha256 = hash_file(folder / file.path, progress);
    if (!sha256 && is_no_finding(sha256.error().code))
      return fail(sha256.error());
    if (!sha256)
      add_finding(report, sha256.error().text);
    else if (*sha256 != file.sha256)
      add_finding(report,
                  shown(folder / file.path)
                    + ": is not what was backed up: its SHA-256 differs");
  }
  report.looked_at.push_back(
    "backup: manifest and " + std::to_string(manifest->files.size())
    + " files of " + std::to_string(manifest->size_bytes()) + " bytes");
  return *std::move(manifest);
}

/// What was acknowledged last, as the head record has it.
void check_head_record(const fs::path& folder, check_report& report) {
  const auto acknowledged = head_record::read(folder / "head");
  if (!acknowledged)
    add_finding(report, acknowledged.error().text);
  else if (*acknowledged && **acknowledged > report.head)
    add_finding(report, shown(folder / "head") + ": revision "
                          + std::to_string(**acknowledged)
                          + " was acknowledged, the database ends at "
                          + std::to_string(report.head));
  report.looked_at.push_back(acknowledged && *acknowledged
                               ? "head record"
                               : "head record: there is none");
}

expected<void> check_content(const fs::path& folder, const long_work& work,
                             const key_listener& stands, check_report& report) {
  const auto database = rocksdb_database::open_read_only(folder / "rocksdb");
  if (!database && is_no_finding(database.error().code))
    return fail(database.error());
  if (!database) {
    add_finding(report, database.error().text);
    return {};
  }
  return check_database(*database, folder, work, stands, report);
}

expected<check_report> check_backup(const fs::path& folder,
                                    const long_work& work,
                                    const key_listener& stands) {
  check_report report;
  report.is_backup = true;
  TRIVIUM_TRY(const auto manifest, check_files(folder, work, report));
  TRIVIUM_CHECK(check_content(folder, work, stands, report));
  if (manifest && manifest->head != report.head)
    add_finding(report, shown(folder) + ": its manifest says revision "
                          + std::to_string(manifest->head)
                          + ", its database ends at "
                          + std::to_string(report.head));
  return report;
}

} // namespace

void add_finding(check_report& report, std::string text) {
  if (++report.found <= check_report::max_findings)
    report.findings.push_back(std::move(text));
}

expected<check_report> check_metadata(const fs::path& folder,
                                      const long_work& work,
                                      const key_listener& stands) {
  std::error_code ignored;
  if (fs::is_regular_file(folder / backup_manifest_name, ignored))
    return check_backup(folder, work, stands);
  if (!fs::exists(folder / "rocksdb", ignored))
    return fail(ec::not_found,
                shown(folder) + ": neither a metadata store nor a backup");
  TRIVIUM_TRY(const auto owner, owner_lock::take(folder));
  check_report report;
  TRIVIUM_CHECK(check_content(folder, work, stands, report));
  check_head_record(folder, report);
  return report;
}

} // namespace trivium::storage

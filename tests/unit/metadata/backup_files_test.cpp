#include "storage/metadata/backup/backup_manifest.hpp"
#include "tests/unit/metadata/backup_fixture.hpp"

using namespace trivium;
using namespace trivium::test;
namespace fs = std::filesystem;

namespace {

/// A backup that something was done to: it is refused, nothing is restored, and
/// a check says the same.
struct damaged_backup : backup_fixture {
  damaged_backup() {
    fill();
    made = make();
  }

  void refused_as(const std::string& part, ec wanted = ec::data_loss) const {
    const auto result = storage::restore_metadata(backup, restored);
    BOOST_TEST(code(result) == wanted, text(result));
    BOOST_TEST(text(result).find(part) != std::string::npos, text(result));
    BOOST_TEST(names_in(elsewhere.path()) == "backup");
    if (wanted != ec::data_loss)
      return;
    const auto report = must(storage::check_metadata(backup));
    BOOST_TEST_REQUIRE(!report.is_whole());
    BOOST_TEST(report.findings.front().find(part) != std::string::npos,
               report.findings.front());
  }

  /// With its own checksum right.
  void rewrite_manifest() const {
    std::ofstream{backup / "backup", std::ios::binary} << encode(made);
  }

  storage::backup_manifest made;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_damaged_backup, damaged_backup)

BOOST_AUTO_TEST_CASE(with_a_flipped_byte_is_refused_whatever_the_file) {
  const auto before = elsewhere / "good";
  fs::rename(backup, before);
  for (const auto& one : made.files) {
    if (one.size_bytes == 0)
      continue;
    fs::copy(before, backup, fs::copy_options::recursive);
    flip(backup / one.path, one.size_bytes / 2);

    const auto result = storage::restore_metadata(backup, restored);
    BOOST_TEST(text(result)
               == (backup / one.path).string()
                    + ": is not what was backed up: its SHA-256 differs");
    BOOST_TEST(!must(storage::check_metadata(backup)).is_whole());
    fs::remove_all(backup);
  }
  BOOST_TEST(names_in(elsewhere.path()) == "good");
}

BOOST_AUTO_TEST_CASE(with_a_cut_file_is_refused) {
  const auto table = file(".sst");
  fs::resize_file(table, fs::file_size(table) - 1);
  refused_as(table.string() + ": has ");
}

BOOST_AUTO_TEST_CASE(with_a_longer_file_is_refused) {
  std::ofstream{file(".sst"), std::ios::app} << "x";
  refused_as("were backed up");
}

BOOST_AUTO_TEST_CASE(with_a_missing_file_is_refused) {
  const auto table = file(".sst");
  fs::remove(table);
  refused_as(table.string() + ": is missing");
}

BOOST_AUTO_TEST_CASE(with_another_file_is_refused) {
  std::ofstream{backup / "rocksdb" / "999999.log"} << "x";
  refused_as("999999.log: is not in the backup's manifest");
}

BOOST_AUTO_TEST_CASE(with_a_link_for_a_file_is_refused) {
  const auto table = file(".sst");
  fs::rename(table, folder / "moved.sst");
  fs::create_symlink(folder / "moved.sst", table);
  refused_as(": is no regular file");
}

BOOST_AUTO_TEST_CASE(with_a_link_for_its_folder_is_refused) {
  fs::rename(backup / "rocksdb", folder / "moved");
  fs::create_directory_symlink(folder / "moved", backup / "rocksdb");
  refused_as("rocksdb: is no folder");
}

BOOST_AUTO_TEST_CASE(with_any_byte_of_its_manifest_flipped_is_refused) {
  const auto good = content(backup / "backup");
  for (size_t at = 0; at < good.size(); ++at) {
    flip(backup / "backup", at);
    const auto result = storage::restore_metadata(backup, restored);
    BOOST_TEST(
      (code(result) == ec::data_loss || code(result) == ec::unsupported),
      "byte " << at << ": " << text(result));
    std::ofstream{backup / "backup", std::ios::binary} << good;
  }
}

BOOST_AUTO_TEST_CASE(with_an_empty_manifest_is_refused) {
  fs::resize_file(backup / "backup", 0);
  refused_as("does not begin with");
}

BOOST_AUTO_TEST_CASE(of_a_newer_build_is_told) {
  auto text = content(backup / "backup");
  text.replace(text.find("backup 1"), 8, "backup 2");
  std::ofstream{backup / "backup", std::ios::binary} << text;

  refused_as("\"trivium metadata backup 2\", this build reads",
             ec::unsupported);
}

BOOST_AUTO_TEST_CASE(of_a_newer_store_is_told) {
  made.format_version += 1;
  rewrite_manifest();

  refused_as("format version 3, this build reads 2", ec::unsupported);
}

BOOST_AUTO_TEST_CASE(whose_manifest_says_another_head_is_refused) {
  made.head += 1;
  rewrite_manifest();

  refused_as("its manifest says");
}

BOOST_AUTO_TEST_CASE(without_its_database_is_refused) {
  fs::remove_all(backup / "rocksdb");
  fs::create_directory(backup / "rocksdb");
  made.files.clear();
  rewrite_manifest();

  refused_as("there is no database");
}

BOOST_AUTO_TEST_SUITE_END()

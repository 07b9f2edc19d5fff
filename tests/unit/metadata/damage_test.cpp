#include "messages/values/keys.hpp"
#include "storage/metadata/record_layout.hpp"
#include "storage/metadata/rocksdb_database.hpp"
#include "tests/unit/metadata/store_fixture.hpp"

#include <rocksdb/db.h>

#include <fstream>

using namespace trivium;
using namespace trivium::test;
using storage::metadata_store;
namespace fs = std::filesystem;

namespace {

struct damage_fixture {
  temporary_folder folder;

  /// A store closed after `count` commits; they stand in its log.
  void commit(int count) const {
    const auto store = must(metadata_store::open(folder.path()));
    for (int n = 1; n <= count; ++n) {
      const transaction txn{
        {}, {put{"k/" + std::to_string(n), std::to_string(n)}}, {}};
      must(store->commit({&txn, 1}));
    }
  }

  /// The newest file of the database that ends so.
  fs::path file(const std::string& extension) const {
    fs::path newest;
    for (const auto& entry : fs::directory_iterator{folder / "rocksdb"})
      if (entry.path().extension() == extension && entry.path() > newest)
        newest = entry.path();
    BOOST_REQUIRE(!newest.empty());
    return newest;
  }

  static void flip(const fs::path& path, uintmax_t offset) {
    std::fstream bytes{path, std::ios::in | std::ios::out | std::ios::binary};
    bytes.seekg(static_cast<std::streamoff>(offset));
    const auto byte = static_cast<char>(bytes.get() ^ 0x10);
    bytes.seekp(static_cast<std::streamoff>(offset));
    bytes.put(byte);
  }

  expected<revision> reopened_head() const {
    auto store = metadata_store::open(folder.path());
    if (!store)
      return fail(store.error());
    return (*store)->head();
  }

  /// These write behind the store's back.
  void put_raw(std::string_view key, const std::string& value) const {
    const auto database =
      must(storage::rocksdb_database::open(folder / "rocksdb"));
    rocksdb::WriteOptions synced;
    synced.sync = true;
    BOOST_REQUIRE(database->Put(synced, rocksdb::Slice{key}, value).ok());
  }

  void put_raw_change(revision at, const std::string& value) const {
    const auto database =
      must(storage::rocksdb_database::open(folder / "rocksdb"));
    BOOST_REQUIRE(
      database
        ->Put({}, database.changes(), storage::layout::change_key(at), value)
        .ok());
  }

  /// A database with one key, as no store makes it.
  void put_alone(std::string_view key, const std::string& value) const {
    rocksdb::Options create;
    create.create_if_missing = true;
    rocksdb::DB* opened = nullptr;
    BOOST_REQUIRE(
      rocksdb::DB::Open(create, (folder / "rocksdb").string(), &opened).ok());
    const std::unique_ptr<rocksdb::DB> database{opened};
    if (!key.empty())
      BOOST_REQUIRE(database->Put({}, rocksdb::Slice{key}, value).ok());
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(damage, damage_fixture)

BOOST_AUTO_TEST_CASE(of_an_unacknowledged_torn_tail_is_passed_over) {
  commit(3);
  // Half a record behind the last one: a write that the crash cut.
  std::ofstream{file(".log"), std::ios::app | std::ios::binary}
    << std::string("\x12\x34\x56\x78\x40\x00\x01half", 11);

  BOOST_TEST(must(reopened_head()) == 3u);
}

BOOST_AUTO_TEST_CASE(of_the_last_acknowledged_commit_is_refused) {
  commit(3);
  const auto log = file(".log");
  fs::resize_file(log, fs::file_size(log) - 5);

  const auto head = reopened_head();

  BOOST_TEST(code(head) == ec::data_loss);
  BOOST_TEST(text(head).find("the log lost 1 acknowledged revisions: it ends "
                             "at 2, 3 was acknowledged")
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(accepted_by_a_person_opens_what_is_left) {
  commit(3);
  const auto log = file(".log");
  fs::resize_file(log, fs::file_size(log) - 5);
  fs::remove(folder / "head");

  BOOST_TEST(must(reopened_head()) == 2u);
}

BOOST_AUTO_TEST_CASE(of_any_byte_of_the_log_is_never_silent) {
  commit(4);
  const auto log = file(".log");
  const auto name = log.filename();
  // Copies, because opening rewrites: each flip starts from the same store.
  for (uintmax_t offset = 0; offset < fs::file_size(log); offset += 13) {
    temporary_folder copy;
    fs::copy(folder.path(), copy.path(), fs::copy_options::recursive);
    flip(copy / "rocksdb" / name, offset);
    const auto store = metadata_store::open(copy.path());
    if (store) {
      BOOST_TEST_CONTEXT("flipped at " << offset)
      for (int n = 1; n <= 4; ++n)
        BOOST_TEST(must((*store)->get("k/" + std::to_string(n))).value
                   == std::to_string(n));
    } else {
      BOOST_TEST(code(store) == ec::data_loss, text(store));
    }
  }
}

BOOST_AUTO_TEST_CASE(of_the_last_records_header_is_refused) {
  uintmax_t last_record = 0; // where it begins
  {
    const auto store = must(metadata_store::open(folder.path()));
    for (int n = 1; n <= 4; ++n) {
      last_record = fs::file_size(file(".log"));
      const transaction txn{{}, {put{"k/" + std::to_string(n), "-"}}, {}};
      must(store->commit({&txn, 1}));
    }
  }
  const auto name = file(".log").filename();
  BOOST_TEST_REQUIRE(last_record < fs::file_size(file(".log")));

  // Checksum:4, length:2, type:1. A longer length looks like a torn tail.
  for (uintmax_t byte = 0; byte < 7; ++byte) {
    temporary_folder copy;
    fs::copy(folder.path(), copy.path(), fs::copy_options::recursive);
    flip(copy / "rocksdb" / name, last_record + byte);

    BOOST_TEST(code(metadata_store::open(copy.path())) == ec::data_loss,
               "header byte " << byte);
  }
}

BOOST_AUTO_TEST_CASE(of_a_table_is_refused_or_told_by_the_read) {
  commit(3);
  must(reopened_head()); // moves the log into a table
  const auto table = file(".sst");
  flip(table, 20);

  const auto store = metadata_store::open(folder.path());

  const auto result = store ? code((*store)->range("k/")) : code(store);
  BOOST_TEST(result == ec::data_loss);
}

BOOST_AUTO_TEST_CASE(of_the_manifest_is_refused) {
  commit(3);
  for (const auto& entry : fs::directory_iterator{folder / "rocksdb"})
    if (entry.path().filename().string().rfind("MANIFEST", 0) == 0)
      flip(entry.path(), 20);

  BOOST_TEST(code(reopened_head()) == ec::data_loss);
}

BOOST_AUTO_TEST_CASE(of_a_lost_table_is_refused) {
  commit(3);
  must(reopened_head());
  fs::remove(file(".sst"));

  BOOST_TEST(code(reopened_head()) == ec::data_loss);
}

BOOST_AUTO_TEST_CASE(of_a_lost_database_makes_no_empty_one) {
  commit(3);
  fs::remove_all(folder / "rocksdb");

  const auto head = reopened_head();

  BOOST_TEST(code(head) == ec::data_loss);
  BOOST_TEST(!fs::exists(folder / "rocksdb"));
}

BOOST_AUTO_TEST_CASE(of_a_database_in_a_ring_of_links_is_an_error) {
  commit(3);
  fs::remove_all(folder / "rocksdb");
  fs::create_symlink(folder / "rocksdb", folder / "rocksdb");

  BOOST_TEST(code(reopened_head()) == ec::unavailable);
}

BOOST_AUTO_TEST_CASE(that_left_a_gap_in_the_log_is_refused) {
  commit(3);
  put_raw(storage::layout::head_key, storage::layout::encode_number(5));

  const auto head = reopened_head();

  BOOST_TEST(code(head) == ec::data_loss);
  BOOST_TEST(text(head).find("has no revision 4") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(of_the_log_is_looked_for_as_far_back_as_it_is_replayed) {
  {
    const auto store = must(metadata_store::open(folder.path()));
    std::vector<transaction> small(10'000, {{}, {put{"a", ""}}, {}});
    while (store->head() < 2 * storage::gap_check_revisions)
      must(store->commit(small));
  }
  fs::path earliest = file(".log"); // what is older went into tables
  for (const auto& entry : fs::directory_iterator{folder / "rocksdb"})
    if (entry.path().extension() == ".log")
      earliest = std::min(earliest, entry.path());
  BOOST_TEST(earliest.filename() > "000010.log");

  BOOST_TEST(must(reopened_head()) >= 2 * storage::gap_check_revisions);
}

BOOST_AUTO_TEST_CASE(of_a_change_is_told_by_who_reads_the_log) {
  commit(3);
  put_raw_change(2, "not a change");

  const auto store = must(metadata_store::open(folder.path()));

  BOOST_TEST(code(store->changes(1, 10)) == ec::data_loss);
  BOOST_TEST(code(store->range("events/")) == ec::data_loss);
  BOOST_TEST(told(must(store->changes(3, 10))) == "3 k/3=3");
  BOOST_TEST(must(store->get("k/2")).value == "2");
}

BOOST_AUTO_TEST_CASE(of_a_value_that_is_missing_is_told_by_who_looks_back) {
  commit(3);
  {
    const auto database =
      must(storage::rocksdb_database::open(folder / "rocksdb"));
    BOOST_REQUIRE(
      database->Delete({}, storage::layout::value_key("k/2", 2)).ok());
  }

  const auto store = must(metadata_store::open(folder.path()));

  BOOST_TEST(text(store->changes(1, 10))
             == folder.path().string()
                  + ": the value of \"k/2\" at revision 2 is missing");
}

BOOST_AUTO_TEST_CASE(that_goes_on_behind_the_head_is_refused) {
  commit(3);
  put_raw_change(4, "-");

  BOOST_TEST(code(reopened_head()) == ec::data_loss);
}

BOOST_AUTO_TEST_CASE(of_a_lease_is_refused) {
  {
    const auto store = must(metadata_store::open(folder.path()));
    const transaction txn{
      {}, {grant_lease{1000}, put{"a", "1", false, new_lease}}, {}};
    must(store->commit({&txn, 1}));
  }
  put_raw(storage::layout::value_key(keys::lease(1), 1),
          encode(storage::layout::value_record{true, 1, 0, 0, {}}));

  BOOST_TEST(text(metadata_store::open(folder.path()))
             == "\"a\" is attached to lease 1, which is not there");
}

BOOST_AUTO_TEST_CASE(of_a_value_is_refused) {
  commit(3);
  put_raw(storage::layout::value_key("k/2", 2), "not a value");

  BOOST_TEST(code(metadata_store::open(folder.path())) == ec::data_loss);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(opening, damage_fixture)

BOOST_AUTO_TEST_CASE(refuses_a_newer_format) {
  commit(1);
  put_raw(storage::layout::format_key,
          storage::layout::encode_number(storage::layout::format_version + 1));

  const auto head = reopened_head();

  BOOST_TEST(code(head) == ec::unsupported);
  BOOST_TEST(text(head).find("format version 3, this build reads up to 2")
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(refuses_an_older_format) {
  put_alone(storage::layout::format_key, storage::layout::encode_number(1));

  BOOST_TEST(code(reopened_head()) == ec::unsupported);
  BOOST_TEST(text(reopened_head())
             == folder.path().string()
                  + ": has format version 1, which no release wrote; this "
                    "build reads 2: make the store anew");
}

BOOST_AUTO_TEST_CASE(refuses_a_database_of_someone_else) {
  put_alone("someone's key", "-");

  BOOST_TEST(text(reopened_head())
             == folder.path().string() + ": has keys but no format version");
}

BOOST_AUTO_TEST_CASE(refuses_a_database_that_lost_its_changes) {
  put_alone(storage::layout::format_key,
            storage::layout::encode_number(storage::layout::format_version));

  BOOST_TEST(text(reopened_head())
             == folder.path().string() + ": the changes are missing");
}

BOOST_AUTO_TEST_CASE(goes_on_with_a_database_that_was_only_begun) {
  put_alone({}, {});

  BOOST_TEST(must(reopened_head()) == 0u);
}

BOOST_AUTO_TEST_CASE(refuses_a_folder_that_is_a_file) {
  std::ofstream{folder / "file"} << "-";

  const auto store = metadata_store::open(folder / "file");

  BOOST_TEST(code(store) != ec::none);
  BOOST_TEST(text(store).find((folder / "file").string()) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(makes_the_folders_it_needs) {
  BOOST_TEST(code(metadata_store::open(folder / "a" / "b")) == ec::none);
}

BOOST_AUTO_TEST_CASE(makes_a_new_head_record_when_it_was_removed) {
  commit(3);
  fs::remove(folder / "head");

  BOOST_TEST(must(reopened_head()) == 3u);
  BOOST_TEST(fs::exists(folder / "head"));
}

BOOST_AUTO_TEST_SUITE_END()

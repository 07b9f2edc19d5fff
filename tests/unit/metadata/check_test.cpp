#include "storage/metadata/record_layout.hpp"
#include "storage/metadata/rocksdb_database.hpp"
#include "tests/unit/metadata/backup_fixture.hpp"

#include <rocksdb/db.h>

#include <functional>

using namespace trivium;
using namespace trivium::test;
namespace fs = std::filesystem;
namespace layout = storage::layout;

namespace {

struct checked_store : backup_fixture {
  checked_store() { fill(); }

  /// What a check of the closed store says.
  storage::check_report check() {
    store.reset();
    return must(storage::check_metadata(folder.path()));
  }

  /// One of the findings has these words.
  void finds(const std::string& part) {
    const auto report = check();
    std::string all;
    for (const auto& one : report.findings)
      all += one + "\n";
    BOOST_TEST(all.find(part) != std::string::npos,
               "\"" << part << "\" is not among: " << all);
  }

  /// Writes behind the closed store's back.
  void
  tamper(const std::function<void(const storage::rocksdb_database&)>& change) {
    store.reset();
    const auto database =
      must(storage::rocksdb_database::open(folder / "rocksdb"));
    change(database);
  }

  void put_raw(const std::string& key, const std::string& value) {
    tamper([&](const auto& database) {
      BOOST_REQUIRE(database->Put({}, key, value).ok());
    });
  }

  void erase_raw(const std::string& key) {
    tamper([&](const auto& database) {
      BOOST_REQUIRE(database->Delete({}, key).ok());
    });
  }

  void put_change(revision at, const std::string& value) {
    tamper([&](const auto& database) {
      BOOST_REQUIRE(
        database->Put({}, database.changes(), layout::change_key(at), value)
          .ok());
    });
  }

  static std::string value(revision created, uint64_t version, lease_id lease,
                           const std::string& text) {
    return encode(layout::value_record{false, created, version, lease, text});
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_check, checked_store)

BOOST_AUTO_TEST_CASE(of_a_whole_store_finds_nothing) {
  const auto head = store->head();

  const auto report = check();

  BOOST_TEST(report.findings == std::vector<std::string>{},
             boost::test_tools::per_element());
  BOOST_TEST(report.head == head);
  BOOST_TEST(!report.is_backup);
}

BOOST_AUTO_TEST_CASE(says_what_it_looked_at) {
  const auto report = check();

  std::string all;
  for (const auto& one : report.looked_at)
    all += one + "\n";
  BOOST_TEST(all
             == "checksums of 0 tables\n"
                "13 values\n"
                "changes 1 to 10\n"
                "7 keys that stand\n"
                "1 leases and 2 keys attached to them\n"
                "head record\n");
}

BOOST_AUTO_TEST_CASE(of_an_empty_store_finds_nothing) {
  fs::create_directory(elsewhere / "new");
  must(storage::metadata_store::open(elsewhere / "new")).reset();

  BOOST_TEST(must(storage::check_metadata(elsewhere / "new")).is_whole());
}

BOOST_AUTO_TEST_CASE(of_a_whole_backup_finds_nothing_and_changes_nothing) {
  make();
  const auto before = names_in(backup) + names_in(backup / "rocksdb");

  const auto report = must(storage::check_metadata(backup));

  BOOST_TEST(report.is_whole());
  BOOST_TEST(report.is_backup);
  BOOST_TEST(report.head == store->head());
  BOOST_TEST(names_in(backup) + names_in(backup / "rocksdb") == before);
}

BOOST_AUTO_TEST_CASE(is_refused_where_there_is_nothing_to_check) {
  BOOST_TEST(
    seen_error(storage::check_metadata(elsewhere.path()))
    == (error{ec::not_found, elsewhere.path().string()
                               + ": neither a metadata store nor a backup"}));
}

BOOST_AUTO_TEST_CASE(is_refused_of_a_store_that_is_held) {
  BOOST_TEST(code(storage::check_metadata(folder.path())) == ec::unavailable);
}

BOOST_AUTO_TEST_CASE(ends_when_it_is_cancelled) {
  store.reset();
  storage::long_work work;
  work.cancel.cancel();

  BOOST_TEST(code(storage::check_metadata(folder.path(), work))
             == ec::cancelled);
}

BOOST_AUTO_TEST_CASE(finds_a_flipped_byte_of_a_table) {
  reopen(); // moves the log into tables
  store.reset();
  fs::path table;
  for (const auto& entry : fs::directory_iterator{folder / "rocksdb"})
    if (entry.path().extension() == ".sst")
      table = entry.path();
  flip(table, 20);

  finds("checksum");
}

BOOST_AUTO_TEST_CASE(finds_a_database_that_cannot_be_opened) {
  store.reset();
  fs::remove(folder / "rocksdb" / "CURRENT");

  finds("there is no database");
}

BOOST_AUTO_TEST_CASE(finds_a_lost_tail_of_the_log) {
  store.reset();
  for (const auto& entry : fs::directory_iterator{folder / "rocksdb"})
    if (entry.path().extension() == ".log")
      fs::resize_file(entry.path(), fs::file_size(entry.path()) - 5);

  finds("revision 10 was acknowledged, the database ends at 9");
}

BOOST_AUTO_TEST_CASE(finds_a_damaged_head_record) {
  store.reset();
  for (const uintmax_t slot : {0, 512})
    flip(folder / "head", slot + 9);

  finds((folder / "head").string());
}

BOOST_AUTO_TEST_CASE(finds_a_missing_value) {
  erase_raw(layout::value_key("c", 9));

  finds("\"c\" at revision 9: changed, but its value is missing");
}

BOOST_AUTO_TEST_CASE(finds_a_missing_value_in_the_past) {
  erase_raw(layout::value_key("a", 1));

  finds("\"a\" at revision 1: changed, but its value is missing");
}

BOOST_AUTO_TEST_CASE(finds_a_value_of_no_change) {
  put_raw(layout::value_key("nobody's", 4), value(4, 1, 0, "-"));

  finds("1 values are of no change");
}

BOOST_AUTO_TEST_CASE(finds_a_value_behind_the_head) {
  put_raw(layout::value_key("late", 99), value(99, 1, 0, "-"));

  finds("\"late\" at revision 99: is behind the head, revision 10");
}

BOOST_AUTO_TEST_CASE(finds_a_value_that_cannot_be_read) {
  put_raw(layout::value_key("c", 9), "not a value");

  finds("\"c\" at revision 9: ");
}

BOOST_AUTO_TEST_CASE(finds_a_value_that_does_not_follow_the_one_before) {
  put_raw(layout::value_key("a", 2), value(1, 7, 0, "2"));

  finds("\"a\" at revision 2: created 1, version 7 do not follow");
}

BOOST_AUTO_TEST_CASE(finds_what_was_erased_and_is_not) {
  put_raw(layout::value_key("b", 6), value(5, 2, 0, "back"));

  finds("disagree on whether it was erased");
}

BOOST_AUTO_TEST_CASE(finds_a_gap_in_the_changes) {
  tamper([](const auto& database) {
    BOOST_REQUIRE(
      database->Delete({}, database.changes(), layout::change_key(4)).ok());
  });

  finds("changes of revisions 4 to 4 are missing");
}

BOOST_AUTO_TEST_CASE(finds_changes_that_end_early) {
  tamper([](const auto& database) {
    BOOST_REQUIRE(
      database->Delete({}, database.changes(), layout::change_key(10)).ok());
  });

  finds("changes end at revision 9, the head is 10");
}

BOOST_AUTO_TEST_CASE(finds_a_change_that_cannot_be_read) {
  put_change(4, "not a change");

  finds("change 4: ");
}

BOOST_AUTO_TEST_CASE(finds_a_key_of_a_lease_that_is_not_there) {
  put_raw(layout::value_key("e", 10), value(10, 1, 4, "1"));

  finds("\"e\" at revision 10: is attached to lease 4, which is not there");
}

BOOST_AUTO_TEST_CASE(finds_a_lease_that_is_none) {
  put_raw(layout::value_key(keys::lease(10), 10), value(10, 1, 0, "-"));

  finds("is no lease");
}

BOOST_AUTO_TEST_CASE(finds_a_horizon_behind_the_head) {
  put_raw(std::string{layout::compacted_key}, layout::encode_number(99));

  finds("compacted up to revision 99, behind the head 10");
}

BOOST_AUTO_TEST_CASE(counts_more_than_it_tells) {
  tamper([](const auto& database) {
    for (uint64_t n = 0; n < 150; ++n)
      BOOST_REQUIRE(database
                      ->Put({}, layout::value_key("n" + std::to_string(n), 5),
                            "not a value")
                      .ok());
  });

  const auto report = check();

  BOOST_TEST(report.findings.size() == storage::check_report::max_findings);
  BOOST_TEST(report.found >= 150u);
}

BOOST_AUTO_TEST_SUITE_END()

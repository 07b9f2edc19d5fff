#include "tests/support/child_process.hpp"
#include "tests/support/may_mount.hpp"
#include "tests/unit/metadata/backup_fixture.hpp"

#include <atomic>
#include <thread>

using namespace trivium;
using namespace trivium::test;
using storage::metadata_store;
namespace fs = std::filesystem;

BOOST_FIXTURE_TEST_SUITE(a_backup, backup_fixture)

BOOST_AUTO_TEST_CASE(restored_equals_its_source_by_every_read) {
  fill();

  const auto manifest = make();
  const auto copy = restore();

  BOOST_TEST(manifest.head == store->head());
  BOOST_TEST(all_of(*copy) == all_of(*store));
}

BOOST_AUTO_TEST_CASE(of_a_compacted_store_equals_it) {
  fill();
  while (!must(store->compact(5, 2)))
    ;

  make();

  const auto copy = restore();
  BOOST_TEST(copy->compacted() == 5u);
  BOOST_TEST(all_of(*copy) == all_of(*store));
}

BOOST_AUTO_TEST_CASE(of_an_empty_store_is_an_empty_store) {
  BOOST_TEST(make().head == 0u);
  BOOST_TEST(restore()->head() == 0u);
}

BOOST_AUTO_TEST_CASE(gives_leases_their_whole_ttl) {
  // The fixture's store asks for it when it closes.
  const auto uptime = std::make_shared<uint64_t>(1'000'000'000);
  storage::metadata_options options;
  options.uptime_ns = [uptime] { return *uptime; };
  store.reset();
  store = must(metadata_store::open(folder.path(), options));
  const auto id = commit({{}, {grant_lease{60'000}}, {}}).lease;
  *uptime += 50'000'000'000;
  BOOST_TEST(must(store->lease(id)).remaining_ms == 10'000u);

  make();
  must(storage::restore_metadata(backup, restored));
  const auto copy = must(metadata_store::open(restored, options));

  BOOST_TEST(must(copy->lease(id)).remaining_ms == 60'000u);
}

BOOST_AUTO_TEST_CASE(that_was_restored_takes_commits_and_another_backup) {
  fill();
  make();
  store = restore();

  const auto at = set("after", "1");
  backup = elsewhere / "second";
  BOOST_TEST(make().head == at);
  restored = elsewhere / "again";

  BOOST_TEST(must(restore()->get("after")).modified == at);
}

BOOST_AUTO_TEST_CASE(holds_one_revision_while_commits_go_on) {
  constexpr int backups = 5;
  std::atomic<int> made{0};
  std::atomic<revision> begun{0};
  // Each revision gives both keys its own number, one far from the other.
  std::thread writer{[&] {
    const std::string padding(4000, '-');
    for (uint64_t n = 1; made < backups; ++n) {
      const transaction txn{{},
                            {put{"a/one", std::to_string(n)},
                             put{"m/" + std::to_string(n), padding},
                             put{"z/other", std::to_string(n)},
                             put{"events/", std::to_string(n), true}},
                            {}};
      begun = must(store->commit({&txn, 1})).front().at;
    }
  }};
  std::vector<storage::backup_manifest> all;
  std::vector<revision> acknowledged;
  for (; made < backups; ++made) {
    while (begun < static_cast<revision>(20 * (made + 1)))
      std::this_thread::yield();
    acknowledged.push_back(begun);
    all.push_back(
      must(store->backup(elsewhere / ("b" + std::to_string(made)), {})));
  }
  writer.join();

  for (int i = 0; i < backups; ++i) {
    const auto from = elsewhere / ("b" + std::to_string(i));
    const auto to = elsewhere / ("r" + std::to_string(i));
    const auto head = all[static_cast<size_t>(i)].head;
    const auto number = std::to_string(head);
    BOOST_TEST(head >= acknowledged[static_cast<size_t>(i)]);
    BOOST_TEST(must(storage::check_metadata(from)).findings
                 == std::vector<std::string>{},
               boost::test_tools::per_element());
    must(storage::restore_metadata(from, to));
    const auto copy = must(metadata_store::open(to));
    BOOST_TEST(copy->head() == head);
    BOOST_TEST(must(copy->get("a/one")).value == number);
    BOOST_TEST(must(copy->get("z/other")).value == number);
    BOOST_TEST(must(copy->range("m/")).size() == head);
    BOOST_TEST(must(copy->get(keys::event(head))).value == number);
  }
}

BOOST_AUTO_TEST_CASE(leaves_nothing_beside_it_nor_in_the_store) {
  fill();

  make();

  BOOST_TEST(names_in(elsewhere.path()) == "backup");
  BOOST_TEST(names_in(backup) == "backup rocksdb");
  BOOST_TEST(names_in(folder.path()) == "head leases owner rocksdb");
}

BOOST_AUTO_TEST_CASE(shares_no_file_with_the_store) {
  fill();

  make();

  for (const auto& entry : fs::directory_iterator{backup / "rocksdb"})
    BOOST_TEST(fs::hard_link_count(entry.path()) == 1u);
}

BOOST_AUTO_TEST_CASE(tells_how_far_it_is_up_to_its_size) {
  fill();
  std::vector<uint64_t> told;
  uint64_t whole = 0;
  storage::long_work work;
  work.report = [&](uint64_t done, uint64_t all) {
    told.push_back(done);
    whole = all;
  };

  const auto manifest = must(store->backup(backup, work));

  BOOST_TEST(std::is_sorted(told.begin(), told.end()));
  BOOST_TEST(told.back() == manifest.size_bytes());
  BOOST_TEST(whole == manifest.size_bytes());
}

BOOST_AUTO_TEST_CASE(that_is_cancelled_leaves_nothing) {
  fill();
  storage::long_work work;
  work.report = [&](uint64_t done, uint64_t) {
    if (done > 0) // in the midst of the copying
      work.cancel.cancel();
  };

  BOOST_TEST(code(store->backup(backup, work)) == ec::cancelled);

  BOOST_TEST(names_in(elsewhere.path()) == "");
  BOOST_TEST(names_in(folder.path()) == "head leases owner rocksdb");
}

BOOST_AUTO_TEST_CASE(goes_into_an_empty_folder) {
  fill();
  fs::create_directory(backup);

  make();

  BOOST_TEST(all_of(*restore()) == all_of(*store));
}

BOOST_AUTO_TEST_CASE(refuses_a_folder_that_holds_something) {
  fs::create_directory(backup);
  std::ofstream{backup / "mine"} << "-";

  BOOST_TEST(seen_error(store->backup(backup, {}))
             == (error{ec::already_exists,
                       backup.string() + ": exists and is no empty folder"}));
  BOOST_TEST(names_in(backup) == "mine");
}

BOOST_AUTO_TEST_CASE(refuses_a_link_to_a_folder) {
  fs::create_directory(elsewhere / "folder");
  fs::create_directory_symlink(elsewhere / "folder", backup);

  BOOST_TEST(code(store->backup(backup, {})) == ec::already_exists);
}

BOOST_AUTO_TEST_CASE(refuses_a_folder_without_a_parent) {
  BOOST_TEST(seen_error(store->backup(elsewhere / "no" / "backup", {}))
             == (error{ec::not_found,
                       (elsewhere / "no").string() + ": no such folder"}));
}

BOOST_AUTO_TEST_CASE(refuses_a_path_that_names_none) {
  BOOST_TEST(code(store->backup("", {})) == ec::invalid_argument);
  BOOST_TEST(code(store->backup("/", {})) != ec::none);
}

BOOST_AUTO_TEST_CASE(that_died_is_cleared_away_when_the_store_opens) {
  const auto left = folder / ".checkpoint.1-1.partial";
  fs::create_directories(left / "rocksdb");
  std::ofstream{left / "rocksdb" / "000008.sst"} << "-";

  reopen();

  BOOST_TEST(!fs::exists(left));
}

BOOST_AUTO_TEST_CASE(on_a_full_disk_is_refused_and_leaves_nothing,
                     *boost::unit_test::precondition(may_mount)) {
  store.reset();
  child_process child{{METADATA_CHILD, "backup", elsewhere.path()}};
  std::vector<std::string> said;
  while (const auto line = child.line())
    said.push_back(*line);

  BOOST_TEST(said
               == (std::vector<std::string>{"backup: resource_exhausted",
                                            "restore: resource_exhausted",
                                            "0 left on the full disk"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(restoring, backup_fixture)

BOOST_AUTO_TEST_CASE(refuses_a_folder_that_holds_a_store) {
  fill();
  make();
  const auto before = store->head();
  store.reset();

  BOOST_TEST(code(storage::restore_metadata(backup, folder.path()))
             == ec::already_exists);

  reopen();
  BOOST_TEST(store->head() == before);
}

BOOST_AUTO_TEST_CASE(of_what_is_no_backup_says_so) {
  fs::create_directory(backup);

  BOOST_TEST(
    seen_error(storage::restore_metadata(backup, restored))
    == (error{ec::not_found,
              backup.string() + ": is no backup, it has no file \"backup\""}));
  // A folder of backups, one of which has the manifest's name.
  fs::create_directory(backup / "backup");
  BOOST_TEST(
    text(storage::restore_metadata(backup, restored)).find("is no backup")
    != std::string::npos);
  BOOST_TEST(code(storage::restore_metadata(elsewhere / "none", restored))
             == ec::not_found);
}

BOOST_AUTO_TEST_CASE(that_is_cancelled_leaves_nothing) {
  fill();
  make();
  storage::long_work work;
  work.report = [&](uint64_t, uint64_t) { work.cancel.cancel(); };

  BOOST_TEST(code(storage::restore_metadata(backup, restored, work))
             == ec::cancelled);

  BOOST_TEST(names_in(elsewhere.path()) == "backup");
}

BOOST_AUTO_TEST_CASE(keeps_the_acknowledged_head) {
  fill();
  const auto head = make().head;
  must(storage::restore_metadata(backup, restored));
  fs::remove_all(restored / "rocksdb");

  // A lost database is told, as of any store.
  BOOST_TEST(head > 0u);
  BOOST_TEST(code(metadata_store::open(restored)) == ec::data_loss);
}

BOOST_AUTO_TEST_SUITE_END()

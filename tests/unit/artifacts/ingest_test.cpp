#include "tests/support/forked.hpp"
#include "tests/support/may_mount.hpp"
#include "tests/support/synced_paths.hpp"
#include "tests/unit/artifacts/store_fixture.hpp"

#include <sys/stat.h>
#include <thread>

using namespace trivium;
using namespace trivium::test;
using storage::artifact_store;
using storage::ingest_file;
namespace fs = std::filesystem;

BOOST_FIXTURE_TEST_SUITE(ingesting, artifact_fixture)

BOOST_AUTO_TEST_CASE(stores_each_file_under_its_digest) {
  const auto bytes = patterned((size_t{2} << 20) + 17);

  const auto result =
    must(ingest({file("model.onnx", "graph"), file("data/w.bin", bytes)}));

  BOOST_TEST(content(blob(sha256("graph"))) == "graph");
  BOOST_CHECK(content(blob(sha256(bytes))) == bytes);
  BOOST_TEST(result.bytes_copied == bytes.size() + 5);
  BOOST_TEST(result.bytes_known == 0u);
}

BOOST_AUTO_TEST_CASE(gives_the_digest_of_the_sorted_manifest) {
  const auto result = must(ingest({file("b", "2"), file("a", "1")}));

  BOOST_TEST(result.files.files.at(0).path == "a");
  BOOST_CHECK(result.artifact == sha256(result.files.canonical()));
  BOOST_CHECK(must(store->find(result.artifact)) == result.files);
}

BOOST_AUTO_TEST_CASE(makes_blobs_read_only) {
  ingested("a", "1");

  struct stat status {};
  BOOST_REQUIRE(::stat(blob(sha256("1")).c_str(), &status) == 0);
  BOOST_TEST((status.st_mode & 07777) == 0444u);
  BOOST_TEST(status.st_nlink == 1u);
}

BOOST_AUTO_TEST_CASE(leaves_nothing_in_staging) {
  ingested("a", "1");

  BOOST_TEST(files_in("staging") == 0);
}

BOOST_AUTO_TEST_CASE(knows_a_file_that_is_there_already) {
  ingested("a", "same");

  const auto again = must(ingest({file("x", "same"), file("y", "new")}));

  BOOST_TEST(again.bytes_known == 4u);
  BOOST_TEST(again.bytes_copied == 3u);
}

BOOST_AUTO_TEST_CASE(stores_equal_files_of_one_artifact_once) {
  const auto result = must(ingest({file("a", "same"), file("b", "same")}));

  BOOST_TEST(files_in("blobs") == 2); // and the manifest
  BOOST_TEST(must(store->find(result.artifact)).files.size() == 2u);
}

BOOST_AUTO_TEST_CASE(replaces_a_blob_of_the_wrong_size) {
  ingested("a", "whole");
  fs::permissions(blob(sha256("whole")), fs::perms::owner_all);
  fill(blob(sha256("whole")), "cut");

  ingested("a", "whole");

  BOOST_TEST(content(blob(sha256("whole"))) == "whole");
}

BOOST_AUTO_TEST_CASE(replaces_a_damaged_blob_of_the_right_size) {
  ingested("a", "whole");
  flip(sha256("whole"), 2);

  const auto again = ingested("a", "whole");

  BOOST_TEST(content(blob(sha256("whole"))) == "whole");
  BOOST_TEST(again.bytes_known == 5u);
}

BOOST_AUTO_TEST_CASE(lets_a_reader_of_a_replaced_blob_read_on) {
  ingested("a", "whole");
  std::vector<std::byte> scratch;
  const auto reader = must(store->open_blob(sha256("whole"), 5));

  ingested("a", "whole");

  const auto seen = must(reader->view(0, 5, scratch));
  BOOST_TEST(
    std::string(reinterpret_cast<const char*>(seen.data()), seen.size())
    == "whole");
}

BOOST_AUTO_TEST_CASE(makes_what_another_process_left_unsynced_durable) {
  const auto first = ingested("a", "whole");
  forget_synced_paths();

  ingested("a", "whole");

  const auto synced = synced_paths();
  BOOST_TEST(synced.contains(root / "blobs"));
  BOOST_TEST(synced.contains(blob(sha256("whole")).parent_path()));
  BOOST_TEST(synced.contains(blob(first.artifact).parent_path()));
}

BOOST_AUTO_TEST_CASE(replaces_a_damaged_manifest) {
  const auto first = ingested("a", "1");
  flip(first.artifact, 3);
  BOOST_TEST(code(store->find(first.artifact)) == ec::data_loss);

  ingested("a", "1");

  BOOST_TEST(code(store->find(first.artifact)) == ec::none);
}

BOOST_AUTO_TEST_CASE(stores_empty_files) {
  const auto result = ingested("a", "");

  BOOST_TEST(must(store->open_blob(sha256(""), 0))->size() == 0u);
  BOOST_TEST(must(store->find(result.artifact)).total_bytes() == 0u);
}

BOOST_AUTO_TEST_CASE(reports_every_byte_of_all_files) {
  uint64_t done = 0;
  uint64_t total = 0;
  const auto bytes = patterned(size_t{3} << 20);
  std::vector<ingest_file> files{file("a", bytes), file("b", "12345")};

  must(store->ingest(model_format::gguf, std::move(files), {},
                     [&](uint64_t so_far, uint64_t in_all) {
                       BOOST_TEST(so_far >= done);
                       done = so_far;
                       total = in_all;
                     }));

  BOOST_TEST(done == bytes.size() + 5);
  BOOST_TEST(total == bytes.size() + 5);
}

BOOST_AUTO_TEST_CASE(refuses_names_that_leave_the_artifact) {
  for (const auto* name : {"../a", "a/../../b", "/etc/passwd", "a//b", ".", "",
                           "a\nb", "a\\b", "a/"}) {
    auto source = file("a", "1");
    source.path = name;
    BOOST_TEST(code(ingest({source})) == ec::invalid_argument, name);
  }
  BOOST_TEST(files_in("blobs") == 0);
}

BOOST_AUTO_TEST_CASE(refuses_names_that_exclude_each_other) {
  auto twice = file("a", "1");
  auto below = file("b", "2");
  below.path = "a/b";

  BOOST_TEST(code(ingest({twice, twice})) == ec::invalid_argument);
  BOOST_TEST(code(ingest({twice, below})) == ec::invalid_argument);
  BOOST_TEST(code(ingest({})) == ec::invalid_argument);
}

BOOST_AUTO_TEST_CASE(of_the_same_files_at_once_gives_one_artifact) {
  const auto bytes = patterned(size_t{2} << 20);
  const auto source = file("a", bytes);
  std::vector<digest> seen(4);
  std::vector<std::thread> threads;
  for (auto& artifact : seen)
    threads.emplace_back([&] {
      auto result = ingest({source});
      artifact = result ? result->artifact : digest{};
    });
  for (auto& thread : threads)
    thread.join();

  for (const auto& artifact : seen)
    BOOST_CHECK(artifact == seen.front() && artifact.is_set());
  BOOST_TEST(files_in("blobs") == 2);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(finding, artifact_fixture)

BOOST_AUTO_TEST_CASE(does_not_find_what_is_not_there) {
  BOOST_TEST(code(store->find(sha256("none"))) == ec::not_found);
  BOOST_TEST(code(store->open_blob(sha256("none"), 1)) == ec::not_found);
  BOOST_TEST(!store->has_blob(sha256("none")));
}

BOOST_AUTO_TEST_CASE(does_not_take_a_file_for_a_manifest) {
  ingested("a", "weights");

  BOOST_TEST(code(store->find(sha256("weights"))) == ec::data_loss);
}

BOOST_AUTO_TEST_CASE(refuses_a_manifest_with_a_flipped_bit) {
  const auto result = ingested("a", "1");
  flip(result.artifact, 20);

  const auto found = store->find(result.artifact);

  BOOST_TEST(code(found) == ec::data_loss);
  BOOST_TEST(text(found).find(blob(result.artifact).string())
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(maps_blobs) {
  ingested("a", "weights");
  std::vector<std::byte> scratch;

  const auto file = must(store->open_blob(sha256("weights"), 7));

  BOOST_TEST(file->is_mapped());
  BOOST_TEST(must(file->view(0, 7, scratch)).size() == 7u);
}

BOOST_AUTO_TEST_CASE(refuses_a_blob_of_another_size) {
  ingested("a", "weights");

  BOOST_TEST(code(store->open_blob(sha256("weights"), 8)) == ec::data_loss);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_store, artifact_fixture)

BOOST_AUTO_TEST_CASE(that_may_not_be_written_is_named) {
  store.reset();
  fs::permissions(folder.path(), fs::perms(0755));
  fs::permissions(root / "staging", fs::perms(0755));

  const auto said = forked([&] {
    become_nobody();
    const auto result = artifact_store::open(root);
    return std::string{to_string(code(result))} + " " + text(result);
  });

  BOOST_TEST(said.find("permission_denied " + (root / "staging").string())
             == 0u);
  BOOST_TEST(said.find("Permission denied") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(on_a_full_disk_takes_nothing_in,
                     *boost::unit_test::precondition(may_mount)) {
  const auto large = file("large", std::string(size_t{8} << 20, 'x'));
  fs::create_directory(folder / "small");

  const auto said = forked([&] {
    if (!mount_small_disk(folder / "small", 4))
      return std::string{"not mounted"};
    root = folder / "small" / "store";
    store = opened();
    const auto kept = ingest({file("kept", "1")});
    const auto result = ingest({large});
    return std::string{to_string(code(result))} + ", "
           + std::to_string(files_in("blobs")) + " blobs, "
           + std::to_string(files_in("staging")) + " staged, "
           + std::string{to_string(code(store->find(kept->artifact)))};
  });

  BOOST_TEST(said == "resource_exhausted, 2 blobs, 0 staged, none");
}

BOOST_AUTO_TEST_SUITE_END()

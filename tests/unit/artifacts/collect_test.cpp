#include "tests/unit/artifacts/store_fixture.hpp"

#include <algorithm>

using namespace trivium;
using namespace trivium::test;
namespace fs = std::filesystem;
using std::chrono::hours;
using std::chrono::seconds;

namespace {

struct collect_fixture : artifact_fixture {
  storage::ingest_result live = ingested("live", "live bytes");
  storage::ingest_result dead = ingested("dead", "dead bytes");

  /// As if last used two hours ago.
  void age(const digest& sha256) const {
    fs::last_write_time(blob(sha256),
                        fs::file_time_type::clock::now() - hours{2});
  }

  void age(const storage::ingest_result& artifact) const {
    age(artifact.artifact);
    for (const auto& file : artifact.files.files)
      age(file.sha256);
  }

  expected<storage::collected> collect(bool dry_run = false) const {
    return store->collect({live.artifact}, hours{1}, dry_run);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(collecting, collect_fixture)

BOOST_AUTO_TEST_CASE(removes_what_no_live_artifact_names) {
  age(live);
  age(dead);

  const auto result = must(collect());

  BOOST_TEST(result.blobs == 2u); // the file and the manifest
  BOOST_TEST(!store->has_blob(sha256("dead bytes")));
  BOOST_TEST(code(store->find(dead.artifact)) == ec::not_found);
  BOOST_TEST(content(blob(sha256("live bytes"))) == "live bytes");
  BOOST_CHECK(must(store->find(live.artifact)) == live.files);
}

BOOST_AUTO_TEST_CASE(only_lists_in_a_dry_run) {
  age(dead);

  const auto listed = must(collect(true));

  BOOST_TEST(listed.blobs == 2u);
  BOOST_TEST(listed.bytes == 10 + dead.files.canonical().size());
  BOOST_TEST(std::count(listed.names.begin(), listed.names.end(),
                        to_string(sha256("dead bytes")))
             == 1);
  BOOST_TEST(store->has_blob(sha256("dead bytes")));
}

BOOST_AUTO_TEST_CASE(keeps_what_is_young) {
  BOOST_TEST(must(collect()).blobs == 0u);
  BOOST_TEST(store->has_blob(sha256("dead bytes")));
}

BOOST_AUTO_TEST_CASE(with_no_time_to_keep_takes_the_young_too) {
  BOOST_TEST(must(store->collect({live.artifact}, seconds{0}, false)).blobs
             == 2u);
}

BOOST_AUTO_TEST_CASE(keeps_an_old_blob_that_an_ingest_just_used) {
  age(dead);

  ingested("again", "dead bytes");

  must(collect());
  BOOST_TEST(store->has_blob(sha256("dead bytes")));
}

BOOST_AUTO_TEST_CASE(keeps_a_blob_that_a_live_artifact_shares) {
  const auto both =
    must(ingest({file("x", "dead bytes"), file("y", "own bytes")}));
  age(dead);
  age(both);

  must(store->collect({live.artifact, both.artifact}, hours{1}, false));

  BOOST_TEST(store->has_blob(sha256("dead bytes")));
  BOOST_TEST(!store->has_blob(dead.artifact));
}

BOOST_AUTO_TEST_CASE(stops_when_a_live_manifest_cannot_be_read) {
  age(dead);
  flip(live.artifact, 5);

  const auto result = collect();

  BOOST_TEST(code(result) == ec::data_loss);
  BOOST_TEST(store->has_blob(sha256("dead bytes")));
}

BOOST_AUTO_TEST_CASE(lets_files_be_that_are_no_blobs) {
  fill(root / "blobs" / "README", "-");
  fill(root / "blobs" / "00", "-");
  const auto folder_of_live = blob(live.artifact).parent_path();
  fill(folder_of_live / "note", "-");

  must(store->collect({}, seconds{0}, false));

  BOOST_TEST(fs::exists(root / "blobs" / "README"));
  BOOST_TEST(fs::exists(folder_of_live / "note"));
}

BOOST_AUTO_TEST_SUITE_END()

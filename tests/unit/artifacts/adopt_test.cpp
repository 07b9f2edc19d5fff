#include "tests/unit/artifacts/store_fixture.hpp"

#include <sys/stat.h>

using namespace trivium;
using namespace trivium::test;
namespace fs = std::filesystem;

namespace {

struct adopt_fixture : artifact_fixture {
  fs::path staging = must(store->make_staging("job-1"));

  expected<storage::ingest_result>
  adopt(const std::vector<std::string>& paths) const {
    std::vector<std::pair<std::string, file_role>> files;
    for (const auto& path : paths)
      files.emplace_back(path, file_role::weights);
    return store->adopt(model_format::onnx, staging, files, {});
  }

  ino_t inode(const fs::path& path) const {
    struct stat status {};
    BOOST_REQUIRE(::stat(path.c_str(), &status) == 0);
    return status.st_ino;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(adopting, adopt_fixture)

BOOST_AUTO_TEST_CASE(turns_files_into_blobs_without_copying) {
  fs::create_directory(staging / "sub");
  fill(staging / "model.onnx", "graph");
  fill(staging / "sub" / "w", "weights");
  const auto before = inode(staging / "sub" / "w");

  const auto result = must(adopt({"sub/w", "model.onnx"}));

  BOOST_TEST(inode(blob(sha256("weights"))) == before);
  BOOST_CHECK(must(store->find(result.artifact)) == result.files);
  BOOST_TEST(result.files.files.at(1).size == 7u);
  BOOST_TEST(!fs::exists(staging));
}

BOOST_AUTO_TEST_CASE(makes_blobs_read_only) {
  fill(staging / "a", "1");

  must(adopt({"a"}));

  BOOST_CHECK((fs::status(blob(sha256("1"))).permissions() & fs::perms::mask)
              == fs::perms(0444));
}

BOOST_AUTO_TEST_CASE(replaces_a_damaged_blob_of_the_right_size) {
  ingested("a", "whole");
  flip(sha256("whole"), 2);
  fill(staging / "a", "whole");

  must(adopt({"a"}));

  BOOST_TEST(content(blob(sha256("whole"))) == "whole");
}

BOOST_AUTO_TEST_CASE(gives_the_digest_that_ingesting_gives) {
  fill(staging / "a", "1");

  const auto adopted = must(adopt({"a"}));

  BOOST_CHECK(adopted.artifact == ingested("a", "1").artifact);
}

BOOST_AUTO_TEST_CASE(refuses_what_is_missing_or_no_plain_file) {
  fill(folder / "secret", "-");
  fs::create_symlink(folder / "secret", staging / "link");
  fs::create_hard_link(folder / "secret", staging / "hard");

  BOOST_TEST(code(adopt({"none"})) == ec::not_found);
  BOOST_TEST(code(adopt({"link"})) == ec::permission_denied);
  BOOST_TEST(code(adopt({"hard"})) == ec::permission_denied);
  BOOST_TEST(code(adopt({"../x"})) == ec::invalid_argument);
  BOOST_TEST(files_in("blobs") == 0);
}

BOOST_AUTO_TEST_CASE(refuses_folders_of_others) {
  fill(folder / "source" / "a", "1");
  staging = folder / "source";

  BOOST_TEST(code(adopt({"a"})) == ec::invalid_argument);
  BOOST_TEST(fs::exists(folder / "source" / "a"));
}

BOOST_AUTO_TEST_CASE(that_is_cancelled_shows_nothing) {
  fill(staging / "a", "1");
  const cancel_token cancel;
  cancel.cancel();

  const auto result = store->adopt(model_format::onnx, staging,
                                   {{"a", file_role::weights}}, cancel);

  BOOST_TEST(code(result) == ec::cancelled);
  BOOST_TEST(files_in("blobs") == 0);
}

BOOST_AUTO_TEST_SUITE_END()

#include "tests/unit/artifacts/store_fixture.hpp"

using namespace trivium;
using namespace trivium::test;
namespace fs = std::filesystem;

namespace {

struct export_fixture : artifact_fixture {
  std::string bytes = patterned((size_t{1} << 20) + 100);
  digest stored = ingested("a", bytes).files.files.front().sha256;
  fs::path target = folder / "exported";

  expected<void> exported(const cancel_token& cancel = {}) const {
    return store->export_blob(stored, bytes.size(), target, cancel);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(exporting, export_fixture)

BOOST_AUTO_TEST_CASE(copies_a_blob) {
  must(exported());

  BOOST_CHECK(content(target) == bytes);
}

BOOST_AUTO_TEST_CASE(gives_a_file_that_is_not_the_blob_itself) {
  must(exported());

  fill(target, "changed");

  BOOST_CHECK(content(blob(stored)) == bytes);
}

BOOST_AUTO_TEST_CASE(of_a_blob_with_a_flipped_bit_makes_no_file) {
  flip(stored, 1 << 20);

  const auto result = exported();

  BOOST_TEST(code(result) == ec::data_loss);
  BOOST_TEST(text(result).find(blob(stored).string() + ": the blob is damaged")
             == 0u);
  BOOST_TEST(entries(folder.path()) == 2); // source, store
}

BOOST_AUTO_TEST_CASE(of_a_cut_blob_makes_no_file) {
  fs::permissions(blob(stored), fs::perms::owner_all);
  fs::resize_file(blob(stored), 5);

  BOOST_TEST(code(exported()) == ec::data_loss);
  BOOST_TEST(!fs::exists(target));
}

BOOST_AUTO_TEST_CASE(that_is_cancelled_makes_no_file) {
  const cancel_token cancel;
  cancel.cancel();

  BOOST_TEST(code(exported(cancel)) == ec::cancelled);
  BOOST_TEST(entries(folder.path()) == 2); // source, store
}

BOOST_AUTO_TEST_CASE(of_a_damaged_blob_keeps_what_was_there) {
  fill(target, "old");
  flip(stored, 0);

  BOOST_TEST(code(exported()) == ec::data_loss);
  BOOST_TEST(content(target) == "old");
}

BOOST_AUTO_TEST_CASE(needs_the_blob_and_the_folder) {
  BOOST_TEST(code(store->export_blob(sha256("none"), 1, target, {}))
             == ec::not_found);
  target = folder / "none" / "x";
  BOOST_TEST(code(exported()) == ec::not_found);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(linking, export_fixture)

BOOST_AUTO_TEST_CASE(names_a_blob_inside_staging) {
  const auto named = must(store->make_staging("job")) / "sub" / "w";

  must(store->link_blob(stored, bytes.size(), named));

  BOOST_TEST(fs::hard_link_count(named) == 2u);
  BOOST_CHECK(content(named) == bytes);
}

BOOST_AUTO_TEST_CASE(names_no_blob_elsewhere) {
  const auto staging = must(store->make_staging("job"));

  for (const auto& outside : {target, staging / ".." / ".." / "w"})
    BOOST_TEST(code(store->link_blob(stored, bytes.size(), outside))
               == ec::invalid_argument);
}

BOOST_AUTO_TEST_CASE(needs_the_whole_blob) {
  const auto named = must(store->make_staging("job")) / "w";

  BOOST_TEST(code(store->link_blob(sha256("none"), 1, named)) == ec::not_found);
  BOOST_TEST(code(store->link_blob(stored, 1, named)) == ec::data_loss);
}

BOOST_AUTO_TEST_SUITE_END()

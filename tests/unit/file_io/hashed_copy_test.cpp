#include "messages/values/sha256.hpp"
#include "storage/file_io/hashed_copy.hpp"
#include "tests/support/expected_checks.hpp"
#include "tests/support/small_files.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace trivium;
using namespace trivium::test;
using namespace trivium::storage;

namespace {

struct copy_fixture {
  temporary_folder folder;
  std::filesystem::path source = folder / "source";
  std::filesystem::path target = folder / "target";
  std::string bytes = patterned((size_t{3} << 20) + 12'345);

  std::shared_ptr<const readable_file> opened() const {
    fill(source, bytes);
    return must(readable_file::open(source));
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(hashed_copies, copy_fixture)

BOOST_AUTO_TEST_CASE(hold_the_bytes_and_know_their_digest) {
  auto copy = must(staged_file::create(target, 0));
  uint64_t done = 0;

  const auto copied =
    must(copy_hashed(*opened(), copy, {}, [&](uint64_t n) { done += n; }));
  must(copy.publish());

  BOOST_CHECK(content(target) == bytes);
  BOOST_CHECK(copied.sha256 == sha256(bytes));
  BOOST_TEST(done == bytes.size());
}

BOOST_AUTO_TEST_CASE(of_an_empty_file_are_empty) {
  bytes.clear();
  auto copy = must(staged_file::create(target, 0));

  const auto copied = must(copy_hashed(*opened(), copy, {}, {}));
  must(copy.publish());

  BOOST_CHECK(copied.sha256 == sha256(""));
  BOOST_TEST(std::filesystem::file_size(target) == 0u);
}

BOOST_AUTO_TEST_CASE(of_a_source_that_grew_end_where_it_ended) {
  const auto file = opened();
  fill(source, bytes + "more");
  auto copy = must(staged_file::create(target, 0));

  const auto copied = must(copy_hashed(*file, copy, {}, {}));
  must(copy.publish());

  BOOST_CHECK(copied.sha256 == sha256(bytes));
  BOOST_TEST(std::filesystem::file_size(target) == bytes.size());
}

BOOST_AUTO_TEST_CASE(of_a_source_cut_while_it_is_read_are_refused) {
  const auto file = opened();
  const auto copy = must(staged_file::create(target, 0));

  const auto copied = copy_hashed(*file, copy, {}, [&](uint64_t) {
    std::filesystem::resize_file(source, size_t{2} << 20);
  });

  // A reflink was taken whole before the cut.
  if (copied)
    BOOST_TEST(copied->is_reflink);
  else
    BOOST_TEST(code(copied) == ec::data_loss);
}

BOOST_AUTO_TEST_CASE(of_a_source_cut_before_are_refused) {
  const auto file = opened();
  std::filesystem::resize_file(source, 1000);
  const auto copy = must(staged_file::create(target, 0));

  BOOST_TEST(code(copy_hashed(*file, copy, {}, {})) == ec::data_loss);
}

BOOST_AUTO_TEST_CASE(stop_between_pieces_when_cancelled) {
  const auto file = opened();
  const auto copy = must(staged_file::create(target, 0));
  const cancel_token cancel;
  uint64_t done = 0;

  const auto copied = copy_hashed(*file, copy, cancel, [&](uint64_t n) {
    done += n;
    cancel.cancel();
  });

  BOOST_TEST(code(copied) == ec::cancelled);
  BOOST_TEST(done == size_t{1} << 20);
}

BOOST_AUTO_TEST_CASE(start_not_at_all_when_cancelled_before) {
  const cancel_token cancel;
  cancel.cancel();

  BOOST_TEST(code(hash_file(*opened(), cancel, {})) == ec::cancelled);
}

BOOST_AUTO_TEST_SUITE_END()

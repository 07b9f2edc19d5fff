#include "tests/support/forked.hpp"
#include "tests/unit/artifacts/store_fixture.hpp"

#include <csignal>

using namespace trivium;
using namespace trivium::test;
using storage::ingest_file;
namespace fs = std::filesystem;

namespace {

struct interruption_fixture : artifact_fixture {
  std::string bytes = patterned((size_t{3} << 20) + 5); // four pieces
  std::vector<ingest_file> files{file("a", "first"), file("b", bytes)};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(an_ingest, interruption_fixture)

BOOST_AUTO_TEST_CASE(whose_source_was_cut_shows_nothing) {
  fs::resize_file(folder / "source" / "b", 1000);

  const auto result = ingest(files);

  BOOST_TEST(code(result) == ec::data_loss);
  BOOST_TEST(files_in("blobs") == 0);
  BOOST_TEST(files_in("staging") == 0);
}

BOOST_AUTO_TEST_CASE(whose_source_is_cut_meanwhile_shows_nothing) {
  const auto result =
    store->ingest(model_format::onnx, files, {}, [&](uint64_t done, uint64_t) {
      if (done > size_t{1} << 20)
        fs::resize_file(folder / "source" / "b", size_t{1} << 20);
    });

  if (result) // by a reflink, taken before
    BOOST_CHECK(content(blob(sha256(bytes))) == bytes);
  else
    BOOST_TEST(code(result) == ec::data_loss);
  BOOST_TEST(files_in("blobs") == (result ? 3 : 0));
}

BOOST_AUTO_TEST_CASE(whose_source_changes_meanwhile_stores_what_it_hashed) {
  auto result =
    must(store->ingest(model_format::onnx, files, {}, [&](uint64_t, uint64_t) {
      std::fstream source{folder / "source" / "b",
                          std::ios::in | std::ios::out | std::ios::binary};
      source.seekp(size_t{2} << 20);
      source << "changed";
    }));

  const auto& entry = result.files.files.at(1);
  BOOST_CHECK(sha256(content(blob(entry.sha256))) == entry.sha256);
}

BOOST_AUTO_TEST_CASE(that_is_cancelled_shows_nothing) {
  const cancel_token cancel;

  const auto result = store->ingest(model_format::onnx, files, cancel,
                                    [&](uint64_t done, uint64_t) {
                                      if (done > size_t{2} << 20)
                                        cancel.cancel();
                                    });

  BOOST_TEST(code(result) == ec::cancelled);
  BOOST_TEST(files_in("blobs") == 0);
  BOOST_TEST(files_in("staging") == 0);
}

BOOST_AUTO_TEST_CASE(that_is_killed_shows_nothing_and_the_next_open_tidies) {
  store.reset();
  for (uint64_t killed_at = 1; killed_at <= bytes.size() + 5;
       killed_at += size_t{1} << 20) {
    const auto said = forked([&] {
      store = opened();
      static_cast<void>(store->ingest(model_format::onnx, files, {},
                                      [&](uint64_t done, uint64_t) {
                                        if (done >= killed_at)
                                          ::raise(SIGKILL);
                                      }));
      return std::string{"finished"};
    });
    BOOST_TEST(said == "signal 9");
    BOOST_TEST(files_in("blobs") == 0);
    BOOST_TEST(files_in("staging") > 0);
  }

  store = opened();

  BOOST_TEST(files_in("staging") == 0);
  BOOST_TEST(code(ingest(files)) == ec::none);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(staging_folders, artifact_fixture)

BOOST_AUTO_TEST_CASE(of_a_living_process_are_let_be) {
  const auto staging = must(store->make_staging("job-1"));
  fill(staging / "half", "-");

  const auto other = opened();
  must(other->collect({}, std::chrono::seconds{0}, false));

  BOOST_TEST(content(staging / "half") == "-");
}

BOOST_AUTO_TEST_CASE(of_a_dead_process_are_removed_at_the_next_open) {
  store.reset();
  const auto left = forked([&] {
    store = opened();
    const auto staging = must(store->make_staging("job-1"));
    fill(staging / "half", "-");
    return staging.string(); // and _exit, without a destructor
  });
  BOOST_TEST_REQUIRE(fs::exists(fs::path{left} / "half"));

  store = opened();

  BOOST_TEST(!fs::exists(left));
}

BOOST_AUTO_TEST_CASE(of_a_dead_process_are_collected) {
  static_cast<void>(forked([&] {
    const auto other = opened();
    fill(must(other->make_staging("job-1")) / "half", "12345");
    ::raise(SIGKILL);
    return std::string{};
  }));

  const auto listed = must(store->collect({}, std::chrono::hours{1}, true));
  BOOST_TEST(listed.names.size() == 1u);
  BOOST_TEST(listed.bytes == 5u);
  BOOST_TEST(files_in("staging") == 1);

  must(store->collect({}, std::chrono::hours{1}, false));
  BOOST_TEST(files_in("staging") == 0);
}

BOOST_AUTO_TEST_CASE(end_with_the_store) {
  fill(must(store->make_staging("job-1")) / "half", "-");

  store.reset();

  BOOST_TEST(files_in("staging") == 0);
}

BOOST_AUTO_TEST_CASE(have_checked_names_and_are_new_each_time) {
  BOOST_TEST(code(store->make_staging("../x")) == ec::invalid_argument);
  BOOST_CHECK(must(store->make_staging("job"))
              != must(store->make_staging("job")));
}

BOOST_AUTO_TEST_SUITE_END()

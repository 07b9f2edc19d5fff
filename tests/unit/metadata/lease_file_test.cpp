#include "tests/unit/metadata/store_fixture.hpp"

#include <fstream>
#include <iterator>

using namespace trivium;
using namespace trivium::test;

namespace {

constexpr uint64_t ns_per_ms = 1'000'000;

struct lease_file_fixture : store_fixture {
  uint64_t uptime = 1000 * ns_per_ms;
  std::string boot = "first";

  lease_file_fixture() { reopen(); }

  void reopen() {
    store.reset();
    storage::metadata_options options;
    options.uptime_ns = [this] { return uptime; };
    options.boot_id = boot;
    store = must(storage::metadata_store::open(folder.path(), options));
  }

  std::string file() const {
    std::ifstream file{folder / "leases", std::ios::binary};
    return std::string{std::istreambuf_iterator<char>{file}, {}};
  }

  void write(const std::string& bytes) const {
    std::ofstream{folder / "leases", std::ios::binary} << bytes;
  }

  /// As if the process had died: the file is what it was before the close.
  void die_and_reopen() {
    const auto kept = file();
    store.reset();
    write(kept);
    reopen();
  }

  void pass(uint64_t time_ms) { uptime += time_ms * ns_per_ms; }

  lease_id grant(uint64_t ttl_ms) {
    return commit({{}, {grant_lease{ttl_ms}}, {}}).lease;
  }

  uint64_t left(lease_id id) const {
    return must(store->lease(id)).remaining_ms;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(leases_in_their_file, lease_file_fixture)

BOOST_AUTO_TEST_CASE(go_on_where_the_process_that_kept_them_died) {
  const auto kept = grant(10'000);
  const auto left_alone = grant(10'000);
  const auto over = grant(1000);
  commit({{}, {put{"a", "x", false, kept}}, {}});
  pass(6000);
  must(store->keep_alive(kept));
  die_and_reopen();
  pass(1000);

  BOOST_TEST(left(kept) == 9000u);
  BOOST_TEST(left(left_alone) == 3000u);
  BOOST_TEST(store->expired(10) == std::vector{over},
             boost::test_tools::per_element());
  BOOST_TEST(must(store->lease(kept)).keys.front() == "a");
}

BOOST_AUTO_TEST_CASE(get_their_whole_time_again_after_a_crash_of_the_machine) {
  const auto id = grant(10'000);
  pass(9000);
  boot = "second";
  uptime = 5 * ns_per_ms;
  die_and_reopen();

  BOOST_TEST(left(id) == 10'000u);
}

BOOST_AUTO_TEST_CASE(that_no_file_tells_of_get_their_whole_time_again) {
  const auto id = grant(10'000);
  pass(9000);
  store.reset();
  std::filesystem::remove(folder / "leases");
  reopen();

  BOOST_TEST(left(id) == 10'000u);
}

BOOST_AUTO_TEST_CASE(never_end_early_by_any_damage_of_their_file) {
  const auto id = grant(10'000);
  pass(1000);
  store.reset();
  const auto whole = file();
  for (size_t at = 0; at < whole.size(); ++at) {
    auto damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    write(damaged);
    reopen();
    BOOST_REQUIRE_GE(left(id), 9000u);
    store.reset();
  }
  for (size_t size = 0; size < whole.size(); ++size) {
    write(whole.substr(0, size));
    reopen();
    BOOST_REQUIRE_GE(left(id), 9000u);
    store.reset();
  }
}

BOOST_AUTO_TEST_CASE(are_forgotten_by_their_file_with_the_last_of_them) {
  commit({{}, {revoke_lease{grant(1000)}}, {}});
  reopen();

  BOOST_TEST(!std::filesystem::exists(folder / "leases"));
}

BOOST_AUTO_TEST_SUITE_END()

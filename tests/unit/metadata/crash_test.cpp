#include "tests/support/child_process.hpp"
#include "tests/support/may_mount.hpp"
#include "tests/unit/metadata/store_fixture.hpp"

#include <random>

using namespace trivium;
using namespace trivium::test;
using storage::metadata_store;

namespace {

struct crash_fixture {
  temporary_folder folder;
  std::filesystem::path store = folder / "store";

  child_process start(const std::string& command) const {
    return child_process{{METADATA_CHILD, command, folder.path()}};
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(crashes, crash_fixture)

BOOST_AUTO_TEST_CASE(lose_no_acknowledged_commit) {
  constexpr int loops = 20;
  std::mt19937 random{20'240'607};
  std::uniform_int_distribution<int> commits_before_kill{1, 60};
  revision acknowledged = 0;

  for (int loop = 0; loop < loops; ++loop) {
    {
      auto child = start("commit");
      for (auto left = commits_before_kill(random); left > 0; --left)
        acknowledged = std::stoull(child.line().value());
      ::kill(child.pid(), SIGKILL);
      // What it said between our last look and its end counts too.
      while (const auto line = child.line())
        acknowledged = std::stoull(*line);
    }
    const auto reopened = must(metadata_store::open(store));
    BOOST_TEST_REQUIRE(reopened->head() >= acknowledged);
    for (revision n = 1; n <= acknowledged; ++n)
      BOOST_REQUIRE_EQUAL(must(reopened->get("k/" + std::to_string(n))).value,
                          std::to_string(n));
  }
}

BOOST_AUTO_TEST_CASE(leave_leases_the_time_they_had) {
  {
    auto child = start("grant");
    BOOST_TEST(child.line().value() == "granted");
    ::kill(child.pid(), SIGKILL);
  }
  storage::metadata_options options;
  options.uptime_ns = [] { return uint64_t{1040} * 1'000'000'000; };
  const auto reopened = must(metadata_store::open(store, options));

  for (lease_id id = 1; id <= 100; ++id)
    BOOST_REQUIRE_EQUAL(must(reopened->lease(id)).remaining_ms,
                        id % 2 == 1 ? 50'000u : 20'000u);
}

BOOST_AUTO_TEST_CASE(free_the_store_for_the_next_process) {
  {
    auto child = start("hold");
    BOOST_TEST(child.line().value() == "open");
  }

  BOOST_TEST(code(metadata_store::open(store)) == ec::none);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_store, crash_fixture)

BOOST_AUTO_TEST_CASE(held_by_another_process_says_by_which) {
  auto child = start("hold");
  BOOST_TEST(child.line().value() == "open");

  const auto second = metadata_store::open(store);

  BOOST_TEST(code(second) == ec::unavailable);
  BOOST_TEST(text(second)
             == "store " + store.string() + " is held by another process (pid "
                  + std::to_string(child.pid()) + ")");
}

BOOST_AUTO_TEST_CASE(held_by_this_process_is_not_opened_twice) {
  const auto first = must(metadata_store::open(store));

  const auto second = metadata_store::open(store);

  BOOST_TEST(code(second) == ec::unavailable);
  BOOST_TEST(text(second).find("held by this process") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(on_a_full_disk_still_reads_and_commits_again_with_room,
                     *boost::unit_test::precondition(may_mount)) {
  auto child = start("fill");
  std::vector<std::string> said;
  while (const auto line = child.line())
    said.push_back(*line);
  BOOST_TEST(child.exit_code() == 0);

  BOOST_TEST(said
               == (std::vector<std::string>{"resource_exhausted", "all read",
                                            "committed"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

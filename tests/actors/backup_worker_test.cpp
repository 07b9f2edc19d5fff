#include "actors/gateway/backup_worker.hpp"
#include "actors/gateway/door.hpp"
#include "tests/actors/memory_store.hpp"
#include "tests/support/deterministic_actors.hpp"
#include "tests/support/expected_checks.hpp"

using namespace trivium;
using namespace trivium::test;
using namespace trivium::actors;

namespace {

/// A worker on a store that makes such backups as the test says.
struct backup_fixture : deterministic_actors {
  std::shared_ptr<memory_store> store = std::make_shared<memory_store>();
  std::shared_ptr<backup_place> place = std::make_shared<backup_place>();
  envelope from;

  expected<backup_summary> back_up(const std::string& folder) {
    BOOST_TEST_REQUIRE(place->take());
    return ask<backup_summary>(system.spawn(backup_worker, store, place), from,
                               folder);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_backup_worker, backup_fixture)

BOOST_AUTO_TEST_CASE(answers_with_what_was_made) {
  store->on_backup = [](const auto& folder, const auto&) {
    BOOST_TEST(folder == "/backups/a");
    return storage::backup_manifest{
      2, 258, 5, {{"rocksdb/a", 3, {}}, {"rocksdb/b", 4, {}}}};
  };

  const auto made = must(back_up("/backups/a"));

  BOOST_TEST(made.folder == "/backups/a");
  BOOST_TEST(made.head == 258u);
  BOOST_TEST(made.made_at_ms == 5);
  BOOST_TEST(made.files == 2u);
  BOOST_TEST(made.bytes == 7u);
}

BOOST_AUTO_TEST_CASE(tells_how_far_it_is) {
  store->on_backup = [&](const auto&, const storage::long_work& work) {
    BOOST_TEST(code(work.go_on(3, 10, "a")) == ec::none);
    const auto progress = place->progress();
    BOOST_TEST(progress.is_running);
    BOOST_TEST(progress.done == 3u);
    BOOST_TEST(progress.total == 10u);
    return storage::backup_manifest{};
  };

  must(back_up("/backups/a"));

  BOOST_TEST(!place->progress().is_running);
  BOOST_TEST(place->progress().total == 0u);
}

BOOST_AUTO_TEST_CASE(hears_that_nobody_waits_any_more) {
  store->on_backup =
    [&](const auto&,
        const storage::long_work& work) -> expected<storage::backup_manifest> {
    from.cancel.cancel();
    TRIVIUM_CHECK(work.go_on(3, 10, "a"));
    return storage::backup_manifest{};
  };

  BOOST_TEST(code(back_up("/backups/a")) == ec::cancelled);
}

BOOST_AUTO_TEST_CASE(leaves_its_place_to_the_next_also_when_it_fails) {
  store->on_backup = [](const auto&, const auto&) {
    return fail(ec::resource_exhausted, "the disk is full");
  };

  BOOST_TEST(seen_error(back_up("/backups/a"))
             == (error{ec::resource_exhausted, "the disk is full"}));
  BOOST_TEST(code(back_up("/backups/a")) == ec::resource_exhausted);
}

BOOST_AUTO_TEST_CASE(leaves_its_place_when_it_is_ended_unasked) {
  BOOST_TEST_REQUIRE(place->take());
  BOOST_TEST(!place->take());

  self->send_exit(system.spawn(backup_worker, store, place),
                  caf::exit_reason::kill);
  schedule().run();

  BOOST_TEST(place->take());
}

BOOST_AUTO_TEST_SUITE_END()

#include "actors/cache/version_folder.hpp"

#include "tests/support/synced_paths.hpp"
#include "tests/unit/cache/made_artifact.hpp"

#include <boost/test/unit_test.hpp>

using namespace trivium;
using namespace trivium::test;
using namespace std::chrono_literals;
using actors::version_folder;
namespace fs = std::filesystem;

namespace {

struct version_fixture {
  temporary_folder folder;
  made_blobs blobs{folder / "store"};
  version_folder to{folder / "to"};
  std::vector<made_artifact> made;

  version_fixture() {
    for (const auto* seed : {"one", "two", "three", "four"}) {
      made.push_back(make_artifact(seed));
      blobs.add(made.back());
    }
  }

  expected<void> filled(const made_artifact& one,
                        const cancel_token& cancel = {}) const {
    return to.fill(one.artifact, one.files, blobs.copier(), cancel);
  }

  void use(const made_artifact& one) const {
    if (!to.is_whole(one.artifact, one.files))
      must(filled(one));
    const auto held = must(to.lock(0ms));
    must(to.switch_to(held, one.artifact));
  }

  std::vector<digest> pruned(size_t keep) const {
    return must(to.prune(must(to.lock(0ms)), keep));
  }

  fs::path current() const { return to.path() / "current"; }

  /// Of what was made, by its place in `made`.
  std::vector<digest> named(std::initializer_list<size_t> numbers) const {
    std::vector<digest> names;
    for (const auto number : numbers)
      names.push_back(made[number].artifact);
    return names;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(a_version_folder, version_fixture)

BOOST_AUTO_TEST_CASE(shows_nothing_before_the_switch) {
  must(filled(made[0]));

  BOOST_TEST(to.is_whole(made[0].artifact, made[0].files));
  BOOST_TEST(!fs::exists(current()));
  BOOST_CHECK(to.current() == std::nullopt);
}

BOOST_AUTO_TEST_CASE(shows_a_whole_version_by_a_relative_link) {
  use(made[0]);

  BOOST_TEST(holds_exactly(current(), made[0]));
  BOOST_TEST(fs::read_symlink(current()).is_relative());
  BOOST_CHECK(to.current() == made[0].artifact);
  BOOST_TEST(!has_leftovers(to.path()));
}

BOOST_AUTO_TEST_CASE(keeps_the_old_version_beside_the_new_one) {
  use(made[0]);
  use(made[1]);

  BOOST_TEST(holds_exactly(current(), made[1]));
  BOOST_TEST(holds_exactly(to.version(made[0].artifact), made[0]));
}

BOOST_AUTO_TEST_CASE(has_every_name_and_byte_on_disk_before_the_switch) {
  must(filled(made[0]));
  forget_synced_paths();
  const auto held = must(to.lock(0ms));
  must(to.switch_to(held, made[0].artifact));

  const auto synced = synced_paths();
  BOOST_TEST(synced.contains(fs::canonical(to.path() / "versions")));
  BOOST_TEST(synced.contains(fs::canonical(to.path())));
}

BOOST_AUTO_TEST_CASE(brings_a_file_that_was_cut_again) {
  use(made[0]);
  fs::resize_file(current() / "m.safetensors", 5);
  BOOST_TEST(!to.is_whole(made[0].artifact, made[0].files));

  must(filled(made[0]));

  BOOST_TEST(holds_exactly(current(), made[0]));
  BOOST_TEST(!has_leftovers(to.path()));
}

BOOST_AUTO_TEST_CASE(without_a_blob_shows_nothing_of_the_version) {
  fs::remove(blobs.path(made[0].files.files[1].sha256));

  BOOST_TEST(code(filled(made[0])) == ec::not_found);
  BOOST_TEST(fs::is_empty(to.path() / "versions"));
}

BOOST_AUTO_TEST_CASE(whose_fill_is_cancelled_shows_nothing_of_the_version) {
  const cancel_token cancel;
  cancel.cancel();

  BOOST_TEST(code(filled(made[0], cancel)) == ec::cancelled);
  BOOST_TEST(fs::is_empty(to.path() / "versions"));
}

BOOST_AUTO_TEST_CASE(does_not_switch_to_a_version_that_is_not_there) {
  use(made[0]);
  const auto held = must(to.lock(0ms));

  BOOST_TEST(code(to.switch_to(held, made[1].artifact)) == ec::not_found);
  BOOST_CHECK(to.current() == made[0].artifact);
}

BOOST_AUTO_TEST_CASE(lets_a_folder_named_current_be) {
  fs::create_directories(current() / "mine");

  BOOST_TEST(code(filled(made[0])) == ec::already_exists);
  const auto held = must(to.lock(0ms));
  BOOST_TEST(code(to.switch_to(held, made[0].artifact)) == ec::already_exists);
  BOOST_TEST(fs::exists(current() / "mine"));
}

BOOST_AUTO_TEST_CASE(replaces_a_link_that_leads_nowhere) {
  fs::create_directories(to.path());
  fs::create_symlink("versions/gone", current());
  BOOST_CHECK(to.current() == std::nullopt);

  use(made[0]);

  BOOST_CHECK(to.current() == made[0].artifact);
}

BOOST_AUTO_TEST_CASE(refuses_names_that_lead_out_of_it) {
  auto hostile = made[0];
  hostile.files.files[0].path = "../../out";

  BOOST_TEST(code(filled(hostile)) == ec::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(old_versions, version_fixture)

BOOST_AUTO_TEST_CASE(are_told_in_the_order_of_their_last_use) {
  for (const auto number : {0, 1, 2, 0, 3})
    use(made[static_cast<size_t>(number)]);

  BOOST_CHECK(to.previous() == named({0, 2, 1}));
}

BOOST_AUTO_TEST_CASE(beyond_those_kept_go_the_oldest_use_first) {
  for (const auto number : {0, 1, 2, 0, 3})
    use(made[static_cast<size_t>(number)]);

  BOOST_CHECK(pruned(2) == named({1}));
  BOOST_CHECK(to.previous() == named({0, 2}));
  BOOST_TEST(!fs::exists(to.version(made[1].artifact)));
  BOOST_TEST(!has_leftovers(to.path()));
  BOOST_CHECK(pruned(0) == named({0, 2}));
  BOOST_TEST(holds_exactly(current(), made[3]));
}

BOOST_AUTO_TEST_CASE(stay_while_nothing_says_what_is_in_use) {
  use(made[0]);
  use(made[1]);
  fs::remove(current());

  BOOST_CHECK(pruned(0).empty());
  BOOST_TEST(holds_exactly(to.version(made[0].artifact), made[0]));
}

BOOST_AUTO_TEST_CASE(that_were_never_used_come_after_all_others) {
  must(filled(made[0])); // as an older program left it
  use(made[1]);
  use(made[2]);

  BOOST_CHECK(to.previous() == named({1, 0}));
}

BOOST_AUTO_TEST_CASE(that_came_after_the_switch_stay) {
  use(made[0]);
  must(filled(made[1])); // somebody is about to switch to it

  BOOST_CHECK(pruned(0).empty());
  BOOST_TEST(holds_exactly(to.version(made[1].artifact), made[1]));
}

BOOST_AUTO_TEST_CASE(stay_where_the_history_file_is_damaged) {
  use(made[0]);
  use(made[1]);
  use(made[2]);
  fill(to.path() / ".history", "damaged");

  to.recover(must(to.lock(0ms)));

  BOOST_TEST(to.previous().size() == 2u);
  BOOST_CHECK(to.current() == made[2].artifact);
}

BOOST_AUTO_TEST_CASE(count_a_use_that_was_made_by_hand) {
  use(made[0]);
  use(made[1]);
  fs::remove(current());
  fs::create_symlink("versions/" + to_string(made[0].artifact), current());

  to.recover(must(to.lock(0ms)));
  use(made[2]);

  BOOST_CHECK(to.previous() == named({0, 1}));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(an_announcement, version_fixture)

BOOST_AUTO_TEST_CASE(is_due_after_each_switch) {
  use(made[0]);
  BOOST_TEST(!to.is_announced());
  must(to.note_announced(must(to.lock(0ms))));
  BOOST_TEST(to.is_announced());

  use(made[1]);
  BOOST_TEST(!to.is_announced());
  must(to.note_announced(must(to.lock(0ms))));
  use(made[0]);
  BOOST_TEST(!to.is_announced());
}

BOOST_AUTO_TEST_CASE(is_due_where_the_switch_could_not_be_noted) {
  use(made[0]);
  must(to.note_announced(must(to.lock(0ms))));
  const auto before = content(to.path() / ".history");
  use(made[1]);
  fill(to.path() / ".history", before); // the switch's process died

  BOOST_TEST(!to.is_announced());
  to.recover(must(to.lock(0ms)));
  BOOST_TEST(!to.is_announced());
  BOOST_CHECK(to.previous() == named({0}));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(a_folder_lock, version_fixture)

BOOST_AUTO_TEST_CASE(is_given_to_one_and_names_him_to_the_next) {
  const auto held = must(to.lock(0ms));

  const auto second = to.lock(0ms);

  BOOST_TEST(code(second) == ec::unavailable);
  BOOST_TEST(text(second)
             == to.path().string() + ": is kept by another process (pid "
                  + std::to_string(::getpid()) + ")");
}

BOOST_AUTO_TEST_CASE(is_free_again_once_it_was_given_back) {
  { const auto held = must(to.lock(0ms)); }

  BOOST_TEST(code(to.lock(0ms)) == ec::none);
}

BOOST_AUTO_TEST_SUITE_END()

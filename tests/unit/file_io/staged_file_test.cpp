#include "storage/file_io/staged_file.hpp"
#include "tests/support/expected_checks.hpp"
#include "tests/support/forked.hpp"
#include "tests/support/may_mount.hpp"
#include "tests/support/small_files.hpp"
#include "tests/support/synced_paths.hpp"
#include "tests/support/temporary_folder.hpp"

#include <csignal>
#include <sys/resource.h>

using namespace trivium;
using namespace trivium::test;
using storage::staged_file;
namespace fs = std::filesystem;

namespace {

struct staged_fixture {
  temporary_folder folder;
  fs::path target = folder / "target";
};

std::span<const std::byte> bytes(std::string_view text) {
  return std::as_bytes(std::span{text});
}

std::string word(ec code) { return std::string{to_string(code)}; }

} // namespace

BOOST_FIXTURE_TEST_SUITE(staged_files, staged_fixture)

BOOST_AUTO_TEST_CASE(appear_whole_when_they_are_published) {
  auto file = must(staged_file::create(target, 6));
  must(file.write(3, bytes("def")));
  must(file.write(0, bytes("abc")));
  BOOST_TEST(!fs::exists(target));

  must(file.publish());

  BOOST_TEST(content(target) == "abcdef");
  BOOST_TEST(entries(folder.path()) == 1);
}

BOOST_AUTO_TEST_CASE(leave_nothing_when_they_are_dropped) {
  {
    auto file = must(staged_file::create(target, 6));
    auto moved = std::move(file);
    must(moved.write(0, bytes("abc")));
  }

  BOOST_TEST(entries(folder.path()) == 0);
}

BOOST_AUTO_TEST_CASE(keep_the_old_file_until_they_are_published) {
  fill(target, "old");
  auto file = must(staged_file::create(target, 0));
  must(file.write(0, bytes("new")));
  BOOST_TEST(content(target) == "old");

  must(file.publish());

  BOOST_TEST(content(target) == "new");
}

BOOST_AUTO_TEST_CASE(can_be_placed_elsewhere) {
  fs::create_directory(folder / "sub");
  auto file = must(staged_file::create(target, 0));

  must(file.place(folder / "sub" / "name"));

  BOOST_TEST(fs::exists(folder / "sub" / "name"));
  BOOST_TEST(entries(folder.path()) == 1);
}

BOOST_AUTO_TEST_CASE(need_a_folder) {
  BOOST_TEST(code(staged_file::create(folder / "none" / "x", 0))
             == ec::not_found);
}

BOOST_AUTO_TEST_CASE(need_a_folder_one_may_write_to) {
  fs::permissions(folder.path(), fs::perms::owner_all | fs::perms::others_exec
                                   | fs::perms::others_read);

  const auto said = forked([&] {
    become_nobody();
    return text(staged_file::create(target, 0));
  });

  BOOST_TEST(said == target.string() + ": cannot create: Permission denied");
}

BOOST_AUTO_TEST_CASE(do_not_stumble_over_what_a_dead_process_left) {
  const auto first = must(staged_file::create(target, 0));
  const auto name = first.temporary_path().string(); // ….target.PID-N.partial
  const auto dash = name.rfind('-');
  const auto number = std::stoull(name.substr(dash + 1));
  for (int ahead = 1; ahead <= 3; ++ahead)
    fill(name.substr(0, dash + 1) + std::to_string(number + ahead) + ".partial",
         "left");

  BOOST_TEST(code(staged_file::create(target, 0)) == ec::none);
}

BOOST_AUTO_TEST_CASE(may_have_the_longest_names) {
  auto file = must(staged_file::create(folder / std::string(255, 'n'), 0));

  must(file.publish());

  BOOST_TEST(fs::exists(folder / std::string(255, 'n')));
}

BOOST_AUTO_TEST_CASE(that_do_not_fit_the_disk_are_refused_at_once,
                     *boost::unit_test::precondition(may_mount)) {
  const auto said = forked([&] {
    if (!mount_small_disk(folder.path(), 1))
      return std::string{"not mounted"};
    const auto result = code(staged_file::create(target, 2 << 20));
    return word(result) + " " + std::to_string(entries(folder.path()));
  });

  BOOST_TEST(said == "resource_exhausted 0");
}

BOOST_AUTO_TEST_CASE(that_fill_the_disk_say_so,
                     *boost::unit_test::precondition(may_mount)) {
  const auto said = forked([&] {
    if (!mount_small_disk(folder.path(), 1))
      return std::string{"not mounted"};
    const auto file = staged_file::create(target, 0);
    const std::string large(2 << 20, 'x');
    return text(file->write(0, bytes(large)));
  });

  BOOST_TEST(said
             == target.string() + ": cannot write: No space left on device");
}

BOOST_AUTO_TEST_CASE(beyond_the_limit_of_a_process_are_refused) {
  const auto said = forked([&] {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{1000, 1000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    const auto file = staged_file::create(target, 0);
    return word(code(file->write(0, bytes(std::string(2000, 'x')))));
  });

  BOOST_TEST(said == "resource_exhausted");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(small_files, staged_fixture)

BOOST_AUTO_TEST_CASE(are_written_and_read_whole) {
  must(storage::write_file(target, bytes("text")));

  BOOST_TEST(must(storage::read_file(target, 4)) == "text");
}

BOOST_AUTO_TEST_CASE(above_the_limit_are_not_read) {
  fill(target, "12345");

  BOOST_TEST(code(storage::read_file(target, 4)) == ec::resource_exhausted);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(free_space, staged_fixture)

BOOST_AUTO_TEST_CASE(is_told_for_a_path_that_is_yet_to_be_made,
                     *boost::unit_test::precondition(may_mount)) {
  const auto said = forked([&] { // a disk that nobody else writes to
    if (!mount_small_disk(folder.path(), 1))
      return std::string{"not mounted"};
    return std::to_string(must(storage::free_bytes(folder / "a" / "b" / "c")));
  });

  BOOST_TEST(said == std::to_string(1 << 20));
}

BOOST_AUTO_TEST_CASE(that_does_not_suffice_is_named_beside_what_was_wanted) {
  const auto result =
    storage::require_free_bytes(folder.path(), uint64_t{1} << 60);

  BOOST_TEST(code(result) == ec::resource_exhausted);
  BOOST_TEST(text(result).find("1099511627776 MiB needed")
             != std::string::npos);
  BOOST_TEST(code(storage::require_free_bytes(folder.path(), 1)) == ec::none);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(folders, staged_fixture)

BOOST_AUTO_TEST_CASE(are_made_with_those_above) {
  must(storage::make_folders(folder / "a" / "b" / "c" / ""));
  must(storage::make_folders(folder / "a" / "b"));

  BOOST_TEST(fs::is_directory(folder / "a" / "b" / "c"));
}

BOOST_AUTO_TEST_CASE(that_are_there_have_their_names_synced) {
  fs::create_directory(folder / "a");
  forget_synced_paths();

  must(storage::make_folders(folder / "a"));

  BOOST_TEST(synced_paths().contains(fs::canonical(folder.path())));
}

BOOST_AUTO_TEST_CASE(that_are_there_need_no_readable_parent) {
  fs::create_directories(folder / "a" / "b");
  fs::permissions(folder.path(), fs::perms(0755));
  fs::permissions(folder / "a", fs::perms(0711));

  const auto said = forked([&] {
    become_nobody();
    return std::string{
      to_string(code(storage::make_folders(folder / "a" / "b")))};
  });

  BOOST_TEST(said == "none");
}

BOOST_AUTO_TEST_CASE(are_not_made_over_a_file) {
  fill(target, "-");

  BOOST_TEST(code(storage::make_folders(target)) == ec::not_found);
  BOOST_TEST(code(storage::make_folders(target / "a")) == ec::not_found);
}

BOOST_AUTO_TEST_SUITE_END()

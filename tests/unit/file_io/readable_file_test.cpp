#include "storage/file_io/readable_file.hpp"
#include "storage/file_io/staged_file.hpp"
#include "tests/support/expected_checks.hpp"
#include "tests/support/forked.hpp"
#include "tests/support/small_files.hpp"
#include "tests/support/temporary_folder.hpp"

#include <sys/resource.h>
#include <sys/stat.h>

using namespace trivium;
using namespace trivium::test;
using storage::readable_file;
namespace fs = std::filesystem;

namespace {

struct file_fixture {
  temporary_folder folder;
  fs::path path = folder / "file";
  std::vector<std::byte> buffer = std::vector<std::byte>(4);

  ec opening(const fs::path& name) const {
    return code(readable_file::open(name));
  }

  ec beneath(const std::string& name) const {
    return code(readable_file::open_beneath(folder / "model", name));
  }
};

std::string text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(readable_files, file_fixture)

BOOST_AUTO_TEST_CASE(read_at_an_offset) {
  fill(path, "0123456789");
  const auto file = must(readable_file::open(path));

  must(file->read(3, buffer));

  BOOST_TEST(file->size() == 10u);
  BOOST_TEST(::text(buffer) == "3456");
}

BOOST_AUTO_TEST_CASE(follow_a_link_that_a_person_named) {
  fill(path, "-");
  fs::create_symlink(path, folder / "link");

  BOOST_TEST(opening(folder / "link") == ec::none);
}

BOOST_AUTO_TEST_CASE(are_not_fifos_and_opening_one_does_not_wait) {
  BOOST_REQUIRE(::mkfifo(path.c_str(), 0600) == 0);

  BOOST_TEST(opening(path) == ec::invalid_argument);
}

BOOST_AUTO_TEST_CASE(are_not_folders_devices_or_missing) {
  BOOST_TEST(opening(folder.path()) == ec::invalid_argument);
  BOOST_TEST(opening("/dev/zero") == ec::invalid_argument);
  BOOST_TEST(opening(folder / "none") == ec::not_found);
}

BOOST_AUTO_TEST_CASE(of_others_are_refused) {
  fill(path, "-");
  fs::permissions(path, fs::perms::none);
  fs::permissions(folder.path(), fs::perms::all);

  const auto said = forked([&] {
    become_nobody();
    return std::string{to_string(opening(path))};
  });

  BOOST_TEST(said == "permission_denied");
}

BOOST_AUTO_TEST_CASE(refuse_to_read_past_the_end) {
  fill(path, "0123456789");
  const auto file = must(readable_file::open(path));

  BOOST_TEST(code(file->read(7, buffer)) == ec::invalid_argument);
  BOOST_TEST(code(file->read(~uint64_t{0}, buffer)) == ec::invalid_argument);
  BOOST_TEST(code(file->view(7, ~uint64_t{0}, buffer)) == ec::invalid_argument);
  BOOST_TEST(code(file->read(10, {})) == ec::none);
}

BOOST_AUTO_TEST_CASE(that_became_shorter_are_data_loss) {
  fill(path, "0123456789");
  const auto file = must(readable_file::open(path));
  fs::resize_file(path, 5);

  const auto result = file->read(3, buffer);

  BOOST_TEST(code(result) == ec::data_loss);
  BOOST_TEST(test::text(result)
             == path.string()
                  + ": ends at offset 5, had 10 bytes when it was opened");
}

BOOST_AUTO_TEST_CASE(view_the_same_bytes_mapped_and_read) {
  fill(path, "0123456789");
  const auto read = must(readable_file::open(path));
  const auto mapped = must(readable_file::open_mapped(path));
  std::vector<std::byte> scratch;

  BOOST_TEST(mapped->is_mapped());
  BOOST_TEST(::text(must(read->view(2, 5, scratch))) == "23456");
  BOOST_TEST(::text(must(mapped->view(2, 5, scratch))) == "23456");
  BOOST_TEST(code(mapped->view(8, 3, scratch)) == ec::invalid_argument);
}

BOOST_AUTO_TEST_CASE(without_bytes_can_be_mapped) {
  fill(path, "");
  const auto file = must(readable_file::open_mapped(path));
  std::vector<std::byte> scratch;

  BOOST_TEST(must(file->view(0, 0, scratch)).empty());
}

BOOST_AUTO_TEST_CASE(keep_their_bytes_when_pages_are_released) {
  const auto bytes = patterned(50'000);
  fill(path, bytes);
  const auto file = must(readable_file::open_mapped(path));
  std::vector<std::byte> scratch;
  BOOST_CHECK(::text(must(file->view(0, bytes.size(), scratch))) == bytes);

  file->release(0, bytes.size());
  file->release(100, ~uint64_t{0});
  file->release(~uint64_t{0}, 1);

  BOOST_CHECK(::text(must(file->view(0, bytes.size(), scratch))) == bytes);
}

#if !defined(__SANITIZE_ADDRESS__) // whose allocator ends the process instead
BOOST_AUTO_TEST_CASE(larger_than_memory_are_refused_not_fatal) {
  fill(path, "");
  fs::resize_file(path, uint64_t{1} << 43); // sparse
  const auto file = must(readable_file::open(path));
  const auto said = forked([&] {
    const rlimit limit{uint64_t{4} << 30, uint64_t{4} << 30};
    ::setrlimit(RLIMIT_AS, &limit);
    std::vector<std::byte> scratch;
    return std::string{to_string(code(file->view(0, file->size(), scratch)))};
  });

  BOOST_TEST(said == "resource_exhausted");
}
#endif

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(files_beneath_a_folder, file_fixture)

BOOST_AUTO_TEST_CASE(are_opened_by_relative_names) {
  fs::create_directories(folder / "model/sub");
  fill(folder / "model/sub/data", "-");

  BOOST_TEST(beneath("sub/data") == ec::none);
}

BOOST_AUTO_TEST_CASE(do_not_leave_it) {
  fs::create_directories(folder / "model");
  fill(path, "secret");

  BOOST_TEST(beneath("../file") == ec::permission_denied);
  BOOST_TEST(beneath("sub/../../file") != ec::none);
  BOOST_TEST(beneath(path.string()) == ec::permission_denied);
}

BOOST_AUTO_TEST_CASE(are_not_reached_over_links) {
  fs::create_directories(folder / "model/real");
  fill(folder / "model/real/data", "-");
  fill(path, "secret");
  fs::create_symlink("../file", folder / "model/link");
  fs::create_symlink("real", folder / "model/linked");
  fs::create_symlink("real/data", folder / "model/inside");

  for (const auto* name : {"link", "linked/data", "inside"})
    BOOST_TEST(beneath(name) == ec::permission_denied);
}

BOOST_AUTO_TEST_CASE(have_one_name_only) {
  fs::create_directories(folder / "model");
  fill(path, "secret");
  fs::create_hard_link(path, folder / "model/linked");

  BOOST_TEST(beneath("linked") == ec::permission_denied);
}

BOOST_AUTO_TEST_CASE(are_regular) {
  fs::create_directories(folder / "model/sub");
  BOOST_REQUIRE(::mkfifo((folder / "model/fifo").c_str(), 0600) == 0);

  BOOST_TEST(beneath("fifo") == ec::invalid_argument);
  BOOST_TEST(beneath("sub") == ec::invalid_argument);
  BOOST_TEST(beneath("none") == ec::not_found);
}

BOOST_AUTO_TEST_CASE(have_usable_names) {
  fs::create_directories(folder / "model");
  fill(folder / "model/a", "-");

  BOOST_TEST(beneath("") == ec::invalid_argument);
  BOOST_TEST(beneath(std::string("a\0b", 3)) == ec::invalid_argument);
  BOOST_TEST(beneath(std::string(5000, 'n')) == ec::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()

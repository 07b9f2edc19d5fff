#include "storage/metadata/head_record.hpp"
#include "tests/support/expected_checks.hpp"
#include "tests/support/forked.hpp"
#include "tests/support/temporary_folder.hpp"

#include <fstream>
#include <sys/resource.h>

using namespace trivium;
using namespace trivium::test;
using storage::head_record;

namespace {

struct head_fixture {
  temporary_folder folder;
  std::filesystem::path path = folder / "head";

  revision read() const { return must(head_record::read(path)).value(); }

  void spoil(std::streamoff offset) const {
    std::fstream file{path, std::ios::in | std::ios::out | std::ios::binary};
    file.seekp(offset);
    file.put('\x55');
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(head_records, head_fixture)

BOOST_AUTO_TEST_CASE(say_nothing_where_there_is_no_file) {
  BOOST_TEST(!must(head_record::read(path)).has_value());
}

BOOST_AUTO_TEST_CASE(say_the_last_revision_written) {
  auto record = must(head_record::open(path, 7));
  BOOST_TEST(read() == 7u);

  for (revision head = 8; head < 300; ++head) {
    must(record.write(head));
    BOOST_REQUIRE_EQUAL(read(), head);
  }
}

BOOST_AUTO_TEST_CASE(survive_a_torn_write_of_one_slot) {
  {
    auto record = must(head_record::open(path, 7));
    must(record.write(8));
    must(record.write(9));
  }

  spoil(512 + 12);

  BOOST_TEST(read() == 8u);
}

BOOST_AUTO_TEST_CASE(with_no_whole_slot_are_damage) {
  { auto record = must(head_record::open(path, 7)); }

  spoil(12);
  spoil(512 + 12);

  BOOST_TEST(code(head_record::read(path)) == ec::data_loss);
}

BOOST_AUTO_TEST_CASE(of_a_wrong_size_are_damage) {
  std::ofstream{path} << "short";
  BOOST_TEST(code(head_record::read(path)) == ec::data_loss);

  std::ofstream{path} << std::string(5000, 'x');
  BOOST_TEST(code(head_record::read(path)) == ec::data_loss);
}

BOOST_AUTO_TEST_CASE(are_not_damaged_when_no_file_can_be_opened) {
  { auto record = must(head_record::open(path, 7)); }

  const auto said = forked([&] {
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_NOFILE, &none);
    const auto result = head_record::read(path);
    return std::string{to_string(code(result))} + " " + text(result);
  });

  BOOST_TEST(said
             == "resource_exhausted " + path.string()
                  + ": cannot open: Too many open files");
}

BOOST_AUTO_TEST_CASE(in_a_ring_of_links_are_an_error) {
  std::filesystem::create_symlink(path, path);

  BOOST_TEST(code(head_record::read(path)) == ec::unavailable);
  BOOST_TEST(code(head_record::open(path, 7)) == ec::unavailable);
}

BOOST_AUTO_TEST_SUITE_END()

#include "storage/file_io/output_target.hpp"
#include "tests/support/expected_checks.hpp"
#include "tests/support/small_files.hpp"
#include "tests/support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

using namespace trivium;
using namespace trivium::test;
using storage::output_target;

BOOST_AUTO_TEST_SUITE(an_output_target)

BOOST_AUTO_TEST_CASE(loses_its_last_slash_and_its_dots) {
  const temporary_folder folder;

  BOOST_TEST(must(output_target(folder / "./out/")) == folder / "out");
  BOOST_TEST(must(output_target("name-of-nothing")) == "name-of-nothing");
}

BOOST_AUTO_TEST_CASE(that_names_nothing_is_refused) {
  for (const auto* path : {"", "/", ".", "..", "./", "a/.."})
    BOOST_TEST(code(output_target(path)) == ec::invalid_argument, path);
}

BOOST_AUTO_TEST_CASE(that_is_taken_is_refused) {
  const temporary_folder folder;
  fill(folder / "file", "x");
  std::filesystem::create_symlink("nowhere", folder / "dangling");

  BOOST_TEST(code(output_target(folder / "file")) == ec::already_exists);
  BOOST_TEST(code(output_target(folder / "dangling")) == ec::already_exists);
  BOOST_TEST(code(output_target(folder.path())) == ec::already_exists);
}

BOOST_AUTO_TEST_CASE(without_a_parent_is_refused) {
  const temporary_folder folder;
  fill(folder / "file", "x");

  BOOST_TEST(code(output_target(folder / "no/out")) == ec::not_found);
  BOOST_TEST(code(output_target(folder / "file/out")) == ec::not_found);
}

BOOST_AUTO_TEST_SUITE_END()

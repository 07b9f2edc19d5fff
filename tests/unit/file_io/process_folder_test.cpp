#include "storage/file_io/process_folder.hpp"
#include "tests/support/expected_checks.hpp"
#include "tests/support/small_files.hpp"
#include "tests/support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

using namespace trivium;
using namespace trivium::test;
using storage::process_folder;

BOOST_AUTO_TEST_SUITE(a_process_folder)

BOOST_AUTO_TEST_CASE(goes_with_what_is_in_it) {
  const temporary_folder folder;
  {
    const auto made = must(process_folder::beside(folder / "m.onnx"));
    BOOST_TEST(made.path().parent_path() == folder.path());
    fill(made.path() / "file", "x");
  }
  BOOST_TEST(std::filesystem::is_empty(folder.path()));
}

BOOST_AUTO_TEST_CASE(is_another_one_each_time) {
  const temporary_folder folder;
  const auto one = must(process_folder::beside(folder / "m.onnx"));
  const auto other = must(process_folder::beside(folder / "m.onnx"));

  BOOST_TEST(one.path() != other.path());
  BOOST_TEST(std::filesystem::exists(one.path()));
}

BOOST_AUTO_TEST_CASE(sweeps_what_the_dead_left_for_that_target) {
  const temporary_folder folder;
  const auto left = folder / ".m.onnx.1-1.partial";
  const auto of_another = folder / ".n.onnx.1-1.partial";
  std::filesystem::create_directory(left);
  std::filesystem::create_directory(of_another);
  fill(left / "file", "x");
  fill(folder / ".m.onnx.file.partial", "a file of somebody's");
  const auto made = must(process_folder::beside(folder / "m.onnx"));

  BOOST_TEST(!std::filesystem::exists(left));
  BOOST_TEST(std::filesystem::exists(of_another));
  BOOST_TEST(std::filesystem::exists(folder / ".m.onnx.file.partial"));
}

BOOST_AUTO_TEST_CASE(is_let_be_where_all_that_the_dead_left_is_collected) {
  const temporary_folder folder;
  const auto made = must(process_folder::beside(folder / "m.onnx"));
  std::filesystem::create_directory(folder / ".m.onnx.1-1.partial");
  std::filesystem::create_directory(folder / ".n.onnx.1-1.partial");
  std::filesystem::create_directory(folder / "n.onnx");

  const auto found =
    must(storage::collect_abandoned_partial(folder.path(), /*dry_run=*/false));

  BOOST_TEST(found.size() == 2u);
  BOOST_TEST(std::filesystem::exists(made.path()));
  BOOST_TEST(std::filesystem::exists(folder / "n.onnx"));
  BOOST_TEST(entries(folder.path()) == 2);
}

BOOST_AUTO_TEST_CASE(stays_away_once_it_was_renamed) {
  const temporary_folder folder;
  {
    const auto made = must(process_folder::beside(folder / "out"));
    fill(made.path() / "file", "x");
    std::filesystem::rename(made.path(), folder / "out");
  }
  BOOST_TEST(std::filesystem::exists(folder / "out/file"));
}

BOOST_AUTO_TEST_CASE(wants_its_parent) {
  const temporary_folder folder;

  BOOST_TEST(code(process_folder::beside(folder / "no/out")) == ec::not_found);
}

BOOST_AUTO_TEST_SUITE_END()

#include "config/text_file.hpp"

#include "tests/support/small_files.hpp"
#include "tests/support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/stat.h>

using namespace trivium;
using namespace trivium::config;
using trivium::test::temporary_folder;

namespace {

/// A file of `folder` that holds `text`.
std::filesystem::path written(const temporary_folder& folder,
                              const std::string& name,
                              const std::string& text) {
  test::fill(folder / name, text);
  return folder / name;
}

} // namespace

BOOST_AUTO_TEST_SUITE(reading_a_config_file)

BOOST_AUTO_TEST_CASE(the_whole_text_is_read) {
  const temporary_folder folder;
  const auto text = std::string(max_config_bytes, 'x');

  BOOST_TEST((read_config_file(written(folder, "f", text)).value() == text));
}

BOOST_AUTO_TEST_CASE(one_byte_too_many_is_refused) {
  const temporary_folder folder;
  const auto text = std::string(max_config_bytes + 1, 'x');

  const auto refused = read_config_file(written(folder, "f", text));

  BOOST_TEST((refused.error().code == ec::resource_exhausted));
}

BOOST_AUTO_TEST_CASE(a_missing_file_is_not_found) {
  const temporary_folder folder;

  BOOST_TEST(
    (read_config_file(folder.path() / "f").error().code == ec::not_found));
}

BOOST_AUTO_TEST_CASE(a_fifo_is_refused_without_waiting) {
  const temporary_folder folder;
  const auto fifo = folder.path() / "fifo";
  BOOST_REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);

  BOOST_TEST((read_config_file(fifo).error().code == ec::invalid_argument));
}

BOOST_AUTO_TEST_CASE(a_folder_is_refused) {
  const temporary_folder folder;

  BOOST_TEST(
    (read_config_file(folder.path()).error().code == ec::invalid_argument));
}

BOOST_AUTO_TEST_SUITE_END()

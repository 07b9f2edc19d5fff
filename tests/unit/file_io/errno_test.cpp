#include "storage/file_io/errno_text.hpp"
#include "tests/support/expected_checks.hpp"

#include <cerrno>

using namespace trivium;
using namespace trivium::test;
using storage::errno_error;

BOOST_AUTO_TEST_SUITE(errno_errors)

BOOST_AUTO_TEST_CASE(say_what_failed_where_and_why) {
  const auto error = errno_error(EACCES, "cannot open", "/a/b");

  BOOST_TEST(error.text == "/a/b: cannot open: Permission denied");
}

BOOST_AUTO_TEST_CASE(have_the_code_that_fits_the_number) {
  const std::pair<int, ec> rows[]{
    {ENOENT, ec::not_found},          {ENOTDIR, ec::not_found},
    {EACCES, ec::permission_denied},  {EPERM, ec::permission_denied},
    {EROFS, ec::permission_denied},   {ENOSPC, ec::resource_exhausted},
    {EDQUOT, ec::resource_exhausted}, {EFBIG, ec::resource_exhausted},
    {ENOMEM, ec::resource_exhausted}, {EMFILE, ec::resource_exhausted},
    {EEXIST, ec::already_exists},     {EISDIR, ec::invalid_argument},
    {ENXIO, ec::invalid_argument},    {ENAMETOOLONG, ec::invalid_argument},
    {EIO, ec::unavailable},           {12345, ec::unavailable}};

  for (const auto& [number, code] : rows)
    BOOST_TEST(errno_error(number, "x", "y").code == code);
}

BOOST_AUTO_TEST_CASE(show_control_characters_of_a_path_escaped) {
  BOOST_TEST(storage::shown("a\x1b[31m\n") == "a\\x1b[31m\\x0a");
}

BOOST_AUTO_TEST_SUITE_END()

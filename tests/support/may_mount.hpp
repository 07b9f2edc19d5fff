#pragma once

#include "tests/support/forked.hpp"

#include <boost/test/unit_test.hpp>

namespace trivium::test {

/// `*boost::unit_test::precondition(may_mount)` on tests that mount a small
/// disk: skipped where that is not allowed.
inline boost::test_tools::assertion_result
may_mount(boost::unit_test::test_unit_id) {
  static const auto is_allowed = forked([] {
    return std::string{
      ::unshare(CLONE_NEWNS) == 0
          && ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0
        ? "yes"
        : "no"};
  });
  boost::test_tools::assertion_result result{is_allowed == "yes"};
  result.message() << "mounting a file system needs root";
  return result;
}

} // namespace trivium::test

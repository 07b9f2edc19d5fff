#include <boost/test/unit_test.hpp>

#include <cstdio>
#include <string>

/// What kernels.cpp became, once a level.
namespace {

#if defined(TRIVIUM_KERNEL_OBJECTS)

std::string symbols_of_the_kernels() {
  std::string out;
  FILE* pipe = ::popen(TRIVIUM_NM " " TRIVIUM_KERNEL_OBJECTS, "r");
  BOOST_REQUIRE(pipe != nullptr);
  char line[512];
  while (std::fgets(line, sizeof line, pipe) != nullptr)
    out += line;
  BOOST_REQUIRE_EQUAL(::pclose(pipe), 0);
  return out;
}

BOOST_AUTO_TEST_CASE(kernel_objects_share_no_function_with_other_code) {
  // A weak function of the AVX-512 object could be linked into code that runs
  // on every CPU.
  const auto symbols = symbols_of_the_kernels();

  BOOST_TEST(symbols.find("kernels_x86_64_v4") != std::string::npos);
  for (const auto* kind : {" W ", " V ", " u ", " T "})
    BOOST_TEST(symbols.find(kind) == std::string::npos, kind << "in\n"
                                                             << symbols);
}

#endif

} // namespace

#include "accelerators/cpu/cpu_device.hpp"
#include "tests/unit/accelerators/tile_cases.hpp"

#include <boost/test/unit_test.hpp>

#include <cfenv>
#include <cstdlib>

#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

namespace trivium::accelerators::test {

namespace {

/// Sets TRIVIUM_CPU_LEVEL for one test.
class forced_level {
public:
  explicit forced_level(const char* level) {
    if (const char* before = std::getenv(name))
      before_ = before;
    ::setenv(name, level, 1);
  }
  ~forced_level() {
    if (before_.empty())
      ::unsetenv(name);
    else
      ::setenv(name, before_.c_str(), 1);
  }
  forced_level(const forced_level&) = delete;
  forced_level& operator=(const forced_level&) = delete;

private:
  static constexpr const char* name = "TRIVIUM_CPU_LEVEL";
  std::string before_;
};

} // namespace

BOOST_AUTO_TEST_SUITE(devices)

BOOST_AUTO_TEST_CASE(the_cpu_is_there_and_first) {
  const auto found = probe_devices();

  BOOST_REQUIRE(!found.empty());
  BOOST_TEST(found[0]->info().kind == "cpu");
  BOOST_TEST(found[0]->info().absence.empty());
  BOOST_TEST(found[0]->info().lanes >= 1u);
  BOOST_TEST(found[0]->info().memory_bytes > 0u);
}

BOOST_AUTO_TEST_CASE(absent_kinds_say_why) {
  for (const auto& info : device_report())
    if (info.kind != "cpu")
      BOOST_TEST(!info.absence.empty(), info.kind);
  BOOST_TEST(device_report().size() == 3u);
}

BOOST_AUTO_TEST_CASE(an_unknown_level_is_an_absence_with_the_names_there_are) {
  const forced_level level{"x86-64-v9"};

  BOOST_TEST(probe_devices().empty());
  const auto absence = device_report()[0].absence;
  BOOST_TEST(absence.find("TRIVIUM_CPU_LEVEL: unknown CPU level \"x86-64-v9\"")
               == 0u,
             absence);
  BOOST_TEST(absence.find(to_string(cpu_level::baseline)) != std::string::npos,
             absence);
}

BOOST_AUTO_TEST_CASE(a_level_that_the_cpu_lacks_is_refused_and_never_run) {
  for (const auto level : cpu_levels()) {
    const forced_level forced{std::string{to_string(level)}.c_str()};
    BOOST_TEST(probe_devices().empty() == !is_supported(level));
    BOOST_TEST(make_cpu_device(level).has_value() == is_supported(level));
  }
}

BOOST_AUTO_TEST_CASE(the_forced_level_is_the_one_that_is_used) {
  const auto name = to_string(cpu_level::baseline);
  const forced_level level{std::string{name}.c_str()};

  const auto info = probe_devices().at(0)->info();

  BOOST_TEST(info.name.substr(info.name.rfind(", ") + 2) == name);
}

BOOST_AUTO_TEST_CASE(the_best_level_is_chosen_when_none_is_forced) {
  const auto level = choose_cpu_level("");

  BOOST_REQUIRE(level);
  for (const auto other : cpu_levels())
    if (other > *level)
      BOOST_TEST(!is_supported(other));
}

BOOST_AUTO_TEST_CASE(the_threads_float_environment_changes_no_byte) {
  const channel_view view{1, 4, 999};
  tile plain{scheme::int8_row_ct, tile_step::fuse, tensor_type::f32, view};
  auto elements = varied_elements(view.elements());
  for (auto& x : elements)
    x *= 0x1p-128F;
  plain.fill(elements);
  auto spoilt = plain;
  plain.run(device_under_test());

  std::fesetround(FE_UPWARD);
#if defined(__SSE2__)
  _mm_setcsr(_mm_getcsr() | 0x8040); // flush to zero, subnormals are zero
#endif
  spoilt.run(device_under_test());
  const int rounding = std::fegetround();
  std::fesetenv(FE_DFL_ENV);

  BOOST_TEST((plain.values == spoilt.values));
  BOOST_TEST((plain.scales == spoilt.scales));
  BOOST_TEST(rounding == FE_UPWARD);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace trivium::accelerators::test

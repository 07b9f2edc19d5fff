#include "accelerators/usable_cores.hpp"
#include "tests/support/small_files.hpp"
#include "tests/support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <sched.h>

using namespace trivium::test;
using trivium::accelerators::usable_cores;

namespace {

struct cgroup_fixture {
  cgroup_fixture() {
    cpu_set_t set;
    CPU_ZERO(&set);
    BOOST_REQUIRE(::sched_getaffinity(0, sizeof set, &set) == 0);
    affinity = static_cast<uint32_t>(CPU_COUNT(&set));
  }

  uint32_t with_v2(const std::string& cpu_max) const {
    fill(folder / "cpu.max", cpu_max);
    return usable_cores(folder.path());
  }

  uint32_t with_v1(const std::string& quota) const {
    std::filesystem::create_directories(folder / "cpu");
    fill(folder / "cpu" / "cpu.cfs_quota_us", quota);
    fill(folder / "cpu" / "cpu.cfs_period_us", "100000\n");
    return usable_cores(folder.path());
  }

  temporary_folder folder;
  uint32_t affinity = 0;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(the_cores_one_may_use, cgroup_fixture)

BOOST_AUTO_TEST_CASE(are_those_of_the_affinity_without_a_quota) {
  BOOST_TEST(usable_cores(folder / "none") == affinity);
  BOOST_TEST(with_v2("max 100000\n") == affinity);
  BOOST_TEST(with_v1("-1\n") == affinity);
}

BOOST_AUTO_TEST_CASE(are_at_most_what_the_quota_pays_for_rounded_up) {
  BOOST_TEST(with_v2("150000 100000\n") == std::min(affinity, 2U));
  BOOST_TEST(with_v2("50000 100000\n") == 1U);
  BOOST_TEST(with_v2("100000000 100000\n") == affinity);
}

BOOST_AUTO_TEST_CASE(know_the_quota_of_the_first_cgroups) {
  BOOST_TEST(with_v1("100000\n") == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

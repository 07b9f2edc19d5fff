#include "messages/values/lifecycle.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <set>
#include <string>

using namespace trivium;

namespace {

/// Every pair of states against a table of rows "from", columns "to".
template <class State, size_t N>
void check_table(const std::array<std::string_view, N>& table) {
  for (size_t from = 0; from < N; ++from)
    for (size_t to = 0; to < N; ++to) {
      const auto a = static_cast<State>(from);
      const auto b = static_cast<State>(to);
      BOOST_TEST(may_become(a, b) == (table[from][to] == 'x'),
                 to_string(a) << " → " << to_string(b));
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(lifecycles)

BOOST_AUTO_TEST_CASE(a_version_takes_these_edges_and_no_other) {
  check_table<version_state, 4>({
    // Created, Training, Ready, Retired
    ".xx.", // Created
    "..x.", // Training
    "...x", // Ready
    "....", // Retired
  });
}

BOOST_AUTO_TEST_CASE(a_variant_takes_these_edges_and_no_other) {
  check_table<variant_state, 6>({
    // Quantizing, Verifying, Verified, Deployed, Retired, Failed
    ".x...x", // Quantizing
    "..x..x", // Verifying
    "...x..", // Verified
    "..x.x.", // Deployed
    "......", // Retired
    "x.....", // Failed
  });
}

BOOST_AUTO_TEST_CASE(verdicts_are_ordered_by_strength) {
  BOOST_TEST((verdict::unverified < verdict::smoke));
  BOOST_TEST((verdict::smoke < verdict::layer_verified));
  BOOST_TEST((verdict::layer_verified < verdict::verified));
}

BOOST_AUTO_TEST_CASE(every_state_has_its_name) {
  std::set<std::string_view> versions;
  for (int i = 0; i < 4; ++i)
    versions.insert(to_string(static_cast<version_state>(i)));
  std::set<std::string_view> variants;
  for (int i = 0; i < 6; ++i)
    variants.insert(to_string(static_cast<variant_state>(i)));

  BOOST_TEST(versions.size() == 4u);
  BOOST_TEST(variants.size() == 6u);
  BOOST_TEST(to_string(variant_state::failed) == "Failed");
  BOOST_TEST(to_string(verdict::layer_verified) == "layer-verified");
}

BOOST_AUTO_TEST_SUITE_END()

#include "actors/client/backoff.hpp"

#include <boost/test/unit_test.hpp>

#include <random>
#include <vector>

using namespace trivium;
using namespace std::chrono_literals;

namespace {

/// Always the longest wait that is allowed.
uint64_t longest_of(uint64_t bound_ms) { return bound_ms; }

random_source seeded(uint64_t seed) {
  return [generator = std::mt19937_64{seed}]() mutable { return generator(); };
}

call_failure failed(ec code) { return {{code, "it went wrong"}, {}}; }

call_retries no_wait() {
  return call_retries{[] { return uint64_t{0}; }};
}

} // namespace

BOOST_AUTO_TEST_SUITE(waits_between_tries)

BOOST_AUTO_TEST_CASE(lie_anywhere_below_a_bound_that_doubles) {
  std::vector<std::chrono::milliseconds> highest(8), lowest(8, 1h);
  for (uint64_t seed = 0; seed < 500; ++seed) {
    backoff wait{50ms, 2s, seeded(seed)};
    for (size_t i = 0; i < highest.size(); ++i) {
      const auto next = wait.next();
      highest[i] = std::max(highest[i], next);
      lowest[i] = std::min(lowest[i], next);
    }
  }

  auto bound = 50ms;
  for (size_t i = 0; i < highest.size(); ++i) {
    BOOST_TEST((highest[i] <= bound && highest[i] > bound * 9 / 10), i);
    BOOST_TEST((lowest[i] < bound / 10), i);
    bound = std::min<std::chrono::milliseconds>(bound * 2, 2s);
  }
}

BOOST_AUTO_TEST_CASE(begin_anew_after_a_success) {
  uint64_t asked = 0;
  backoff wait{50ms, 2s, [&] { return asked = longest_of(50); }};
  for (int i = 0; i < 5; ++i)
    static_cast<void>(wait.next());
  wait.reset();

  BOOST_TEST((wait.next() == 50ms));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_failed_call)

BOOST_AUTO_TEST_CASE(is_tried_again_three_times) {
  auto retries = no_wait();
  for (unsigned i = 0; i < call_retries::most; ++i)
    BOOST_TEST(retries.after(failed(ec::unavailable), request_kind::read, 30s)
                 .has_value());

  BOOST_TEST(!retries.after(failed(ec::unavailable), request_kind::read, 30s)
                .has_value());
}

BOOST_AUTO_TEST_CASE(is_tried_again_for_what_may_pass_alone) {
  for (int code = 1; code <= static_cast<int>(last_ec); ++code) {
    const auto is_again =
      no_wait()
        .after(failed(static_cast<ec>(code)), request_kind::read, 30s)
        .has_value();
    BOOST_TEST(is_again == (static_cast<ec>(code) == ec::unavailable),
               to_string(static_cast<ec>(code)));
  }
}

BOOST_AUTO_TEST_CASE(that_changes_something_is_tried_again_with_its_key_alone) {
  BOOST_TEST(!no_wait()
                .after(failed(ec::unavailable), request_kind::change, 30s)
                .has_value());
  BOOST_TEST(no_wait()
               .after(failed(ec::unavailable), request_kind::repeatable, 30s)
               .has_value());
  BOOST_TEST(
    !no_wait()
       .after(failed(ec::outcome_unknown), request_kind::repeatable, 30s)
       .has_value());
}

BOOST_AUTO_TEST_CASE(of_an_exhausted_node_waits_as_long_as_that_says) {
  auto full = failed(ec::resource_exhausted);
  BOOST_TEST(!no_wait().after(full, request_kind::change, 30s).has_value());

  full.retry_after = 1s;
  const auto wait = no_wait().after(full, request_kind::change, 30s);
  BOOST_TEST_REQUIRE(wait.has_value());
  BOOST_TEST((*wait == 1s));
}

BOOST_AUTO_TEST_CASE(is_not_tried_again_past_its_end) {
  auto full = failed(ec::resource_exhausted);
  full.retry_after = 1s;

  BOOST_TEST(!no_wait().after(full, request_kind::read, 1s).has_value());
  BOOST_TEST(!no_wait()
                .after(failed(ec::unavailable), request_kind::read, 0ms)
                .has_value());
  BOOST_TEST(!no_wait()
                .after(failed(ec::unavailable), request_kind::read, -1s)
                .has_value());
}

BOOST_AUTO_TEST_SUITE_END()

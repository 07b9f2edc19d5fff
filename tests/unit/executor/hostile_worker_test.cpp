#include "tests/support/expected_checks.hpp"
#include "tests/unit/executor/workbench.hpp"

#include <boost/test/unit_test.hpp>

using namespace trivium;
using namespace trivium::accelerators;
using namespace trivium::accelerators::test;
using namespace trivium::test;

namespace {

struct bench : workbench {
  bench() : workbench(FAKE_RUNTIME) {
    // A lie that is believed would wait here for its second half.
    request.time_limit = std::chrono::seconds{20};
  }

  error told(const std::string& lie) {
    const auto program = folder() / ("worker." + lie);
    std::filesystem::create_symlink(HOSTILE_WORKER, program);
    use(program);
    const auto outcome =
      run("model", {tensor<float>("x", tensor_type::f32, {1}, {1})});
    return outcome ? error{ec::none, "believed"} : outcome.error();
  }
};

error lie_of(std::string text) {
  return {ec::internal, "executor protocol: " + std::move(text)};
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(hearing_a_hostile_worker, bench)

BOOST_AUTO_TEST_CASE(refuses_another_protocol) {
  BOOST_TEST(told("magic") == lie_of("a frame does not start with TXF1"));
}

BOOST_AUTO_TEST_CASE(refuses_a_huge_frame_before_its_bytes) {
  BOOST_TEST(told("huge_frame")
             == lie_of("a frame of 4294967295 bytes, at most 1048576 are "
                       "taken"));
}

BOOST_AUTO_TEST_CASE(refuses_bytes_that_are_no_message) {
  BOOST_TEST(told("no_message") == lie_of("a frame of 4 bytes is no message"));
}

BOOST_AUTO_TEST_CASE(refuses_an_answer_out_of_turn) {
  BOOST_TEST(told("other_answer")
             == lie_of("another answer than the one that was due"));
}

BOOST_AUTO_TEST_CASE(refuses_a_time_that_is_not_a_number) {
  BOOST_TEST(told("not_a_time") == lie_of("a time that is no time"));
}

BOOST_AUTO_TEST_CASE(refuses_a_shape_whose_product_wraps) {
  BOOST_TEST(told("product_wraps").code == ec::invalid_argument);
}

BOOST_AUTO_TEST_CASE(refuses_bytes_that_do_not_fit_the_shape) {
  BOOST_TEST(told("bytes_differ")
             == lie_of("tensor \"y\": 8 bytes announced, shape [2, 2] of f32 "
                       "has 16"));
}

BOOST_AUTO_TEST_CASE(refuses_a_type_without_a_size) {
  BOOST_TEST(told("type_without_size")
             == lie_of("tensor \"y\" has the type \"opaque\""));
}

BOOST_AUTO_TEST_CASE(refuses_outputs_above_the_memory_limit) {
  BOOST_TEST(told("above_the_limit").code == ec::resource_exhausted);
}

BOOST_AUTO_TEST_CASE(refuses_too_many_tensors) {
  BOOST_TEST(told("too_many")
             == lie_of("4097 tensors, at most 4096 are "
                       "taken"));
}

BOOST_AUTO_TEST_CASE(ends_a_worker_that_hung_up_and_stayed) {
  BOOST_TEST(told("close_and_stay")
             == (error{ec::internal, "executor: the worker closed its socket "
                                     "without an answer and went on running"}));
}

BOOST_AUTO_TEST_CASE(tells_used_up_processor_time_from_a_lack_of_memory) {
  BOOST_TEST(told("spin")
             == (error{ec::deadline_exceeded,
                       "executor: the graph used up its processor time"}));
}

BOOST_AUTO_TEST_CASE(is_not_kept_by_endless_stderr) {
  request.time_limit = std::chrono::seconds{1};

  BOOST_TEST(told("flood_stderr").code == ec::deadline_exceeded);
}

BOOST_AUTO_TEST_SUITE_END()

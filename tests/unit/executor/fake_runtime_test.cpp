#include "tests/support/expected_checks.hpp"
#include "tests/unit/executor/workbench.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <thread>

using namespace trivium;
using namespace trivium::accelerators;
using namespace trivium::accelerators::test;
using namespace trivium::test;

namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr bool limits_memory = false;
#else
constexpr bool limits_memory = true;
#endif

struct bench : workbench {
  bench() : workbench(FAKE_RUNTIME) {}

  expected<graph_outcome> behave(std::string_view how,
                                 const graph_case& feeds = {}) {
    return run(file("model", how), feeds);
  }
};

const graph_case one_feed{
  tensor<float>("x", tensor_type::f32, {2}, {1.5F, -2})};

bool is_gone(int64_t pid) {
  std::ifstream file{"/proc/" + std::to_string(pid) + "/stat"};
  std::string number, name, state;
  return !(file >> number >> name >> state) || state == "Z";
}

bool is_gone_soon(int64_t pid) {
  for (int i = 0; i < 1'000'000; ++i, std::this_thread::yield())
    if (is_gone(pid))
      return true;
  return false;
}

auto without_memory_limit(boost::unit_test::test_unit_id) {
  boost::test_tools::assertion_result can{limits_memory};
  if (!can) {
    can.message() << "a sanitized child has no memory limit";
  }
  return can;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(running_in_a_child, bench)

BOOST_AUTO_TEST_CASE(gives_back_what_the_graph_computed) {
  const auto outcome = behave("echo", one_feed);

  BOOST_REQUIRE_MESSAGE(outcome, text(outcome));
  const auto& outputs = outcome->outputs.at(0);
  BOOST_REQUIRE_EQUAL(outputs.size(), 1);
  BOOST_TEST(outputs[0].name == "x");
  BOOST_TEST(values_of<float>(outputs[0]) == (std::vector<float>{1.5F, -2}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(carries_every_element_type) {
  graph_case feeds;
  for (const auto type :
       {tensor_type::f64, tensor_type::f32, tensor_type::f16, tensor_type::bf16,
        tensor_type::i64, tensor_type::i32, tensor_type::i16, tensor_type::i8,
        tensor_type::u64, tensor_type::u32, tensor_type::u16, tensor_type::u8,
        tensor_type::boolean})
    feeds.push_back(
      {std::string{to_string(type)},
       type,
       {3},
       std::vector<std::byte>(3 * geometry(type).bytes, std::byte{1})});

  const auto outcome = behave("echo", feeds);

  BOOST_REQUIRE_MESSAGE(outcome, text(outcome));
  const auto& outputs = outcome->outputs.at(0);
  BOOST_REQUIRE_EQUAL(outputs.size(), feeds.size());
  for (size_t i = 0; i < feeds.size(); ++i) {
    BOOST_TEST((outputs[i].type == feeds[i].type), feeds[i].name);
    BOOST_TEST((outputs[i].bytes == feeds[i].bytes), feeds[i].name);
  }
}

BOOST_AUTO_TEST_CASE(carries_scalars_and_empty_tensors) {
  const auto outcome =
    behave("echo", {tensor<int64_t>("scalar", tensor_type::i64, {}, {7}),
                    tensor<float>("empty", tensor_type::f32, {0, 4}, {})});

  BOOST_REQUIRE_MESSAGE(outcome, text(outcome));
  const auto& outputs = outcome->outputs.at(0);
  BOOST_TEST(values_of<int64_t>(outputs.at(0)).at(0) == 7);
  BOOST_TEST((outputs.at(1).shape == tensor_shape{0, 4}));
}

BOOST_AUTO_TEST_CASE(carries_more_than_a_socket_buffer_both_ways) {
  std::vector<float> values(size_t{3} << 20);
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<float>(i);

  const auto outcome =
    behave("echo", {tensor("x", tensor_type::f32, {values.size()}, values)});

  BOOST_REQUIRE_MESSAGE(outcome, text(outcome));
  BOOST_TEST((values_of<float>(outcome->outputs.at(0).at(0)) == values));
}

BOOST_AUTO_TEST_CASE(keeps_the_order_of_the_cases) {
  request.model = file("model", "echo");
  for (float value = 0; value < 5; ++value)
    request.cases.push_back(
      {tensor<float>("x", tensor_type::f32, {1}, {value})});

  const auto outcome = under_test().run(request, cancel);

  BOOST_REQUIRE_MESSAGE(outcome, text(outcome));
  BOOST_REQUIRE_EQUAL(outcome->outputs.size(), 5);
  for (size_t i = 0; i < 5; ++i)
    BOOST_TEST(values_of<float>(outcome->outputs[i].at(0)).at(0)
               == static_cast<float>(i));
}

BOOST_AUTO_TEST_CASE(takes_no_harm_from_a_runtime_that_prints) {
  const auto outcome = behave("print", one_feed);

  BOOST_TEST(outcome.has_value());
}

BOOST_AUTO_TEST_CASE(refuses_a_feed_whose_bytes_do_not_fit_its_shape) {
  auto feeds = one_feed;
  feeds[0].shape = {3};

  const auto outcome = behave("echo", feeds);

  BOOST_TEST(seen_error(outcome)
             == (error{ec::invalid_argument, "input \"x\": 8 bytes, shape [3] "
                                             "of f32 has 12"}));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(surviving_a_bad_graph, bench)

BOOST_AUTO_TEST_CASE(names_the_signal_of_a_crash) {
  const auto outcome = behave("crash", one_feed);

  BOOST_TEST(
    seen_error(outcome)
    == (error{ec::internal, "executor: the worker crashed (SIGSEGV)"}));
}

BOOST_AUTO_TEST_CASE(repeats_the_last_words_of_an_abort) {
  const auto outcome = behave("abort", one_feed);

  BOOST_TEST(
    seen_error(outcome)
    == (error{ec::internal, "executor: the worker crashed (SIGABRT): terminate "
                            "called: fake invariant broken"}));
}

BOOST_AUTO_TEST_CASE(ends_a_hang_at_the_deadline) {
  request.time_limit = std::chrono::seconds{1};

  const auto outcome = behave("hang", one_feed);

  BOOST_TEST(seen_error(outcome)
             == (error{ec::deadline_exceeded,
                       "executor: the graph was not done within 1 s"}));
}

BOOST_AUTO_TEST_CASE(says_when_the_memory_limit_is_reached,
                     *boost::unit_test::precondition(without_memory_limit)) {
  request.memory_limit_bytes = uint64_t{512} << 20;

  const auto outcome = behave("eat_memory", one_feed);

  BOOST_TEST(seen_error(outcome)
             == (error{ec::resource_exhausted, "executor: the graph needs more "
                                               "than the memory limit"}));
}

BOOST_AUTO_TEST_CASE(repeats_why_a_graph_is_refused) {
  const auto outcome = behave("refuse", one_feed);

  BOOST_TEST(seen_error(outcome)
             == (error{ec::invalid_argument, "no such operator: Frobnicate"}));
}

BOOST_AUTO_TEST_CASE(turns_an_exception_of_the_runtime_into_an_error) {
  const auto outcome = behave("throw", one_feed);

  BOOST_TEST(seen_error(outcome)
             == (error{ec::internal, "executor: a fault of the fake"}));
}

BOOST_AUTO_TEST_CASE(says_that_a_worker_left_without_an_answer) {
  const auto outcome = behave("exit", one_feed);

  BOOST_TEST(
    seen_error(outcome)
    == (error{ec::internal, "executor: the worker ended with exit code "
                            "3 before it answered"}));
}

BOOST_AUTO_TEST_CASE(stops_when_cancelled) {
  std::thread canceller{[this] { cancel.cancel(); }};

  const auto outcome = behave("hang", one_feed);

  canceller.join();
  BOOST_TEST(seen_error(outcome)
             == (error{ec::cancelled, "executor: cancelled"}));
}

BOOST_AUTO_TEST_CASE(leaves_no_child_and_no_descriptor_on_any_path) {
  request.time_limit = std::chrono::seconds{1};
  const auto before = open_descriptors();

  for (const auto* how : {"echo", "crash", "abort", "hang", "refuse", "exit"})
    (void)behave(how, one_feed);
  use("/no/such/program");
  (void)behave("echo", one_feed);

  BOOST_TEST(!has_children());
  BOOST_TEST(open_descriptors() == before);
}

BOOST_AUTO_TEST_CASE(takes_down_what_the_worker_started) {
  const auto outcome = behave("spawn");

  BOOST_REQUIRE_MESSAGE(outcome, text(outcome));
  const auto pid = values_of<int64_t>(outcome->outputs.at(0).at(0)).at(0);
  BOOST_TEST(is_gone_soon(pid));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(what_a_worker_may_touch, bench)

BOOST_AUTO_TEST_CASE(has_limits) {
  request.memory_limit_bytes = uint64_t{3} << 30;

  const auto outcome = behave("surroundings");

  BOOST_REQUIRE_MESSAGE(outcome, text(outcome));
  const auto limits = values_of<uint64_t>(outcome->outputs.at(0).at(0));
  BOOST_TEST(limits.at(0) == 0); // core
  BOOST_TEST(limits.at(1) == 0); // file size
  BOOST_TEST((!limits_memory || limits.at(2) == uint64_t{3} << 30));
  BOOST_TEST(limits.at(3) < uint64_t{1} << 32); // processor seconds
}

BOOST_AUTO_TEST_CASE(inherits_no_descriptor) {
  // Without close-on-exec, as a careless library would leave it.
  std::unique_ptr<FILE, int (*)(FILE*)> careless{std::fopen("/dev/null", "r"),
                                                 std::fclose};

  const auto outcome = behave("surroundings");

  BOOST_REQUIRE_MESSAGE(outcome, text(outcome));
  BOOST_TEST(values_of<int64_t>(outcome->outputs.at(0).at(1)).at(0) == 0);
}

BOOST_AUTO_TEST_CASE(inherits_no_secret_from_the_environment) {
  ::setenv("EXECUTOR_TEST_TOKEN", "hunter2", 1);

  const auto outcome = behave("surroundings");

  ::unsetenv("EXECUTOR_TEST_TOKEN");
  BOOST_REQUIRE_MESSAGE(outcome, text(outcome));
  const auto bytes = values_of<char>(outcome->outputs.at(0).at(2));
  const std::string variables{bytes.begin(), bytes.end()};
  BOOST_TEST(variables.find("hunter2") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(asking_for_the_runtime, bench)

BOOST_AUTO_TEST_CASE(names_runtime_processor_and_precisions) {
  const auto info = under_test().info();

  BOOST_TEST(info.name == "fake runtime");
  BOOST_TEST(!info.cpu.empty());
  BOOST_TEST(info.exact_precision == "f32");
  BOOST_TEST(info.deployed_precision == "bf16");
  BOOST_TEST(info.absence == "");
}

BOOST_AUTO_TEST_CASE(says_why_there_is_none) {
  ::setenv("TRIVIUM_OPENVINO_PLUGIN", "/no/such/plugin.so", 1);

  const auto info = under_test().info();

  BOOST_TEST(info.absence
             == "no graph runtime: /no/such/plugin.so: cannot open shared "
                "object file: No such file or directory");
}

BOOST_AUTO_TEST_CASE(cannot_run_without_one) {
  ::setenv("TRIVIUM_OPENVINO_PLUGIN", "/no/such/plugin.so", 1);

  const auto outcome = behave("echo", one_feed);

  BOOST_TEST(code(outcome) == ec::unavailable);
}

BOOST_AUTO_TEST_CASE(says_that_the_worker_cannot_be_started) {
  use("/no/such/program");

  const auto outcome = behave("echo", one_feed);

  BOOST_TEST(
    seen_error(outcome)
    == (error{ec::unavailable, "executor: the worker cannot be started: "
                               "/no/such/program: No such file or directory"}));
}

BOOST_AUTO_TEST_CASE(believes_no_error_that_only_the_parent_can_know) {
  const auto outcome = behave("claim_cancelled", one_feed);

  BOOST_TEST(code(outcome) == ec::internal);
}

BOOST_AUTO_TEST_SUITE_END()

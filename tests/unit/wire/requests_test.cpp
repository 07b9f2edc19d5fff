#include "messages/values/sha256.hpp"
#include "messages/wire/control.hpp"
#include "tests/support/expected_checks.hpp"
#include "tests/unit/wire/samples.hpp"

#include <functional>
#include <limits>

using namespace trivium;
using namespace trivium::test;

namespace {

const std::string nul{"/a\0b", 4};

v1::JobRequest a_pipeline() {
  auto wanted = a_job_request();
  wanted.kind = job_kind::pipeline;
  return to_wire(wanted);
}

/// What a request for a pipeline is answered with once something was changed.
error after(const std::function<void(v1::JobRequest&)>& change) {
  auto message = a_pipeline();
  change(message);
  return seen_error(from_wire(message));
}

error after_in_golden(const std::function<void(v1::Golden&)>& change) {
  auto message = to_wire(a_golden_request());
  change(message);
  return seen_error(from_wire(message));
}

error after_in_promotion(const std::function<void(v1::Promote&)>& change) {
  auto message = to_wire(a_promotion());
  change(message);
  return seen_error(from_wire(message, "team"));
}

error after_in_rollback(const std::function<void(v1::Rollback&)>& change) {
  auto message = to_wire(a_rollback());
  change(message);
  return seen_error(from_wire(message, "team"));
}

error after_in_lineage(const std::function<void(v1::GetLineage&)>& change) {
  auto message = to_wire(a_lineage_query());
  change(message);
  return seen_error(from_wire(message, "team"));
}

const auto bad_names = {"../x", "a/b", "..", "a\n", "\xff", "-x"};

} // namespace

BOOST_AUTO_TEST_SUITE(a_request_for_a_job)

BOOST_AUTO_TEST_CASE(is_taken_as_the_tests_change_it) {
  BOOST_TEST(after([](auto&) {}).code == ec::none);
}

BOOST_AUTO_TEST_CASE(without_a_kind_is_refused) {
  const auto seen = after([](auto& message) { message.clear_kind(); });

  BOOST_TEST(
    seen
    == (error{ec::invalid_argument, "request: field \"kind\" is missing"}));
}

BOOST_AUTO_TEST_CASE(of_a_kind_of_a_newer_client_is_not_supported) {
  for (const auto kind : {4, 99, std::numeric_limits<int>::max()})
    BOOST_TEST(after([&](auto& message) {
                 message.set_kind(static_cast<v1::JobKind>(kind));
               }).code
               == ec::unsupported);
  BOOST_TEST(after([](auto& message) {
               message.set_kind(static_cast<v1::JobKind>(-1));
             }).code
             == ec::invalid_argument);
}

BOOST_AUTO_TEST_CASE(needs_a_path_unless_the_version_is_registered) {
  const auto of_kind = [](v1::JobKind kind) {
    return after([&](auto& message) {
      message.set_kind(kind);
      message.clear_path();
    });
  };

  BOOST_TEST(of_kind(v1::JOB_KIND_PIPELINE)
             == (error{ec::invalid_argument, "request: path is missing"}));
  BOOST_TEST(of_kind(v1::JOB_KIND_REGISTER).code == ec::invalid_argument);
  BOOST_TEST(of_kind(v1::JOB_KIND_QUANTIZE).code == ec::none);
}

BOOST_AUTO_TEST_CASE(may_leave_golden_set_and_output_out) {
  BOOST_TEST(after([](auto& message) {
               message.clear_golden();
               message.clear_out();
             }).code
             == ec::none);
}

BOOST_AUTO_TEST_CASE(with_a_path_that_is_not_absolute_is_refused) {
  for (const auto* path : {"minilm.onnx", "./x", "~/x", " /x", "C:\\x"}) {
    BOOST_TEST(after([&](auto& m) { m.set_path(path); }).code
               == ec::invalid_argument);
    BOOST_TEST(after([&](auto& m) { m.set_golden(path); }).code
               == ec::invalid_argument);
    BOOST_TEST(after([&](auto& m) { m.set_out(path); }).code
               == ec::invalid_argument);
  }
  BOOST_TEST(after([](auto& m) { m.set_out("rel\n"); }).text
             == "request: out \"rel\\x0a\" is not absolute; paths are the "
                "node's");
}

BOOST_AUTO_TEST_CASE(of_a_registered_version_has_no_relative_path_either) {
  BOOST_TEST(after([](auto& message) {
               message.set_kind(v1::JOB_KIND_QUANTIZE);
               message.set_path("x");
             }).code
             == ec::invalid_argument);
}

BOOST_AUTO_TEST_CASE(with_a_nul_in_a_path_is_refused) {
  BOOST_TEST(after([](auto& m) { m.set_path(nul); }).code
             == ec::invalid_argument);
  BOOST_TEST(after([](auto& m) { m.set_golden(nul); }).code
             == ec::invalid_argument);
  BOOST_TEST(after([](auto& m) { m.set_out(nul); }).code
             == ec::invalid_argument);
}

BOOST_AUTO_TEST_CASE(has_paths_of_at_most_4096_bytes) {
  const std::string longest(max_path_bytes, '/');

  BOOST_TEST(after([&](auto& m) { m.set_path(longest); }).code == ec::none);
  BOOST_TEST(after([&](auto& m) { m.set_path(longest + "x"); }).text
             == "request: path has 4097 bytes; at most 4096 are allowed");
  BOOST_TEST(after([&](auto& m) { m.set_golden(longest + "x"); }).code
             == ec::invalid_argument);
  BOOST_TEST(after([&](auto& m) { m.set_out(longest + "x"); }).code
             == ec::invalid_argument);
}

BOOST_AUTO_TEST_CASE(with_names_that_are_none_is_refused) {
  for (const auto* name : bad_names) {
    BOOST_TEST(after([&](auto& m) { m.mutable_model()->set_model(name); }).code
               == ec::invalid_argument);
    BOOST_TEST(
      after([&](auto& m) { m.mutable_model()->set_namespace_(name); }).code
      == ec::invalid_argument);
    BOOST_TEST(after([&](auto& m) { m.set_alias(name); }).code
               == ec::invalid_argument);
  }
  BOOST_TEST(after([](auto& m) { m.clear_model(); }).code
             == ec::invalid_argument);
}

BOOST_AUTO_TEST_CASE(with_a_version_that_is_none_is_refused) {
  for (const auto* version :
       {"1", "1.0", "v1.0.0", "1.0.0\n", "99999999999999999999.0.0"})
    BOOST_TEST(after([&](auto& m) { m.set_version(version); }).code
               == ec::invalid_argument);
}

BOOST_AUTO_TEST_CASE(without_version_and_alias_means_the_usual_ones) {
  auto message = a_pipeline();
  message.clear_version();
  message.clear_alias();

  const auto wanted = must(from_wire(message));

  BOOST_TEST(wanted.version == "1.0.0");
  BOOST_TEST(wanted.alias == "production");
}

BOOST_AUTO_TEST_CASE(needs_a_recipe_unless_it_only_registers) {
  const auto of_kind = [](v1::JobKind kind) {
    return after([&](auto& message) {
             message.set_kind(kind);
             message.clear_recipe();
           })
      .code;
  };

  BOOST_TEST(of_kind(v1::JOB_KIND_PIPELINE) == ec::invalid_argument);
  BOOST_TEST(of_kind(v1::JOB_KIND_QUANTIZE) == ec::invalid_argument);
  BOOST_TEST(of_kind(v1::JOB_KIND_REGISTER) == ec::none);
}

BOOST_AUTO_TEST_CASE(cannot_name_a_file_of_the_node_as_its_recipe) {
  for (const auto* name : {"/etc/passwd", "../int8", "x.yaml/y"})
    BOOST_TEST(after([&](auto& message) {
                 message.set_recipe(name);
                 message.clear_recipe_text();
               }).code
               == ec::invalid_argument);
  BOOST_TEST(after([](auto& message) {
               message.set_recipe("int8");
               message.clear_recipe_text();
             }).code
             == ec::none);
}

BOOST_AUTO_TEST_CASE(has_a_recipe_of_at_most_a_mebibyte) {
  const std::string longest(max_recipe_text_bytes, '#');

  BOOST_TEST(after([&](auto& m) { m.set_recipe_text(longest); }).code
             == ec::none);
  BOOST_TEST(after([&](auto& m) { m.set_recipe_text(longest + "#"); }).code
             == ec::invalid_argument);
  BOOST_TEST(after([](auto& m) {
               m.set_recipe(std::string(max_path_bytes + 1, 'x'));
             }).code
             == ec::invalid_argument);
}

BOOST_AUTO_TEST_CASE(may_want_any_amount_of_memory) {
  auto message = a_pipeline();
  message.set_memory_bytes(~uint64_t{0});

  BOOST_TEST(must(from_wire(message)).memory_bytes == ~uint64_t{0});
}

BOOST_AUTO_TEST_CASE(has_at_most_256_shapes_and_ranges) {
  const auto with = [](size_t shapes, size_t ranges) {
    return after([&](auto& message) {
             message.clear_shapes();
             message.clear_ranges();
             for (size_t i = 0; i < shapes; ++i)
               (*message.mutable_shapes())[std::to_string(i)].add_sizes(1);
             for (size_t i = 0; i < ranges; ++i)
               (*message.mutable_ranges())[std::to_string(i)].set_high(1);
           })
      .code;
  };

  BOOST_TEST(with(256, 256) == ec::none);
  BOOST_TEST(with(257, 0) == ec::invalid_argument);
  BOOST_TEST(with(0, 257) == ec::invalid_argument);
}

BOOST_AUTO_TEST_CASE(has_shapes_of_at_most_16_sizes) {
  const auto of_rank = [](int rank) {
    return after([&](auto& message) {
      auto& sizes = *(*message.mutable_shapes())["ids"].mutable_sizes();
      sizes.Clear();
      for (int i = 0; i < rank; ++i)
        sizes.Add(~uint64_t{0});
    });
  };

  BOOST_TEST(of_rank(16).code == ec::none);
  BOOST_TEST(of_rank(17)
             == (error{ec::invalid_argument,
                       "request: input \"ids\": a shape of 17 sizes; at most "
                       "16 are allowed"}));
}

BOOST_AUTO_TEST_CASE(has_ranges_that_are_finite_and_in_order) {
  const auto of_range = [](double low, double high) {
    return after([&](auto& message) {
             auto& range = (*message.mutable_ranges())["ids"];
             range.set_low(low);
             range.set_high(high);
           })
      .code;
  };
  const auto infinite = std::numeric_limits<double>::infinity();
  const auto nan = std::numeric_limits<double>::quiet_NaN();

  BOOST_TEST(of_range(3, 3) == ec::none);
  BOOST_TEST(of_range(3, 2) == ec::invalid_argument);
  BOOST_TEST(of_range(0, infinite) == ec::invalid_argument);
  BOOST_TEST(of_range(-infinite, 0) == ec::invalid_argument);
  BOOST_TEST(of_range(nan, 0) == ec::invalid_argument);
  BOOST_TEST(of_range(0, nan) == ec::invalid_argument);
}

BOOST_AUTO_TEST_CASE(whose_path_is_no_utf8_can_be_read_by_the_node) {
  auto wanted = a_job_request();
  wanted.path = "/models/\xff";
  wanted.recipe_text = "name: \xc0\xaf\n";

  v1::JobRequest arrived;
  BOOST_REQUIRE(arrived.ParseFromString(to_wire(wanted).SerializeAsString()));

  BOOST_TEST(must(from_wire(arrived)).path == "/models/\\xff");
  BOOST_TEST(must(from_wire(arrived)).recipe_text == "name: \\xc0\\xaf\n");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_golden_request)

BOOST_AUTO_TEST_CASE(is_taken_as_the_tests_change_it) {
  BOOST_TEST(after_in_golden([](auto&) {}).code == ec::none);
}

BOOST_AUTO_TEST_CASE(needs_a_model_and_a_set_but_no_inputs) {
  BOOST_TEST(after_in_golden([](auto& m) { m.clear_model(); }).code
             == ec::invalid_argument);
  BOOST_TEST(after_in_golden([](auto& m) { m.clear_golden(); }).code
             == ec::invalid_argument);
  BOOST_TEST(after_in_golden([](auto& m) { m.clear_inputs(); }).code
             == ec::none);
}

BOOST_AUTO_TEST_CASE(with_a_path_that_is_none_is_refused) {
  for (const auto& path :
       {std::string{"rel"}, nul, std::string(max_path_bytes + 1, '/')}) {
    BOOST_TEST(after_in_golden([&](auto& m) { m.set_model(path); }).code
               == ec::invalid_argument);
    BOOST_TEST(after_in_golden([&](auto& m) { m.set_golden(path); }).code
               == ec::invalid_argument);
    BOOST_TEST(after_in_golden([&](auto& m) { m.set_inputs(path); }).code
               == ec::invalid_argument);
  }
}

BOOST_AUTO_TEST_CASE(has_hints_within_the_same_limits) {
  BOOST_TEST(after_in_golden([](auto& message) {
               for (size_t i = 0; i <= max_input_hints; ++i)
                 (*message.mutable_shapes())[std::to_string(i)];
             }).code
             == ec::invalid_argument);
  BOOST_TEST(after_in_golden([](auto& message) {
               (*message.mutable_ranges())["ids"].set_low(1e300);
             }).code
             == ec::invalid_argument);
}

BOOST_AUTO_TEST_CASE(with_a_time_that_is_a_book_is_refused) {
  BOOST_TEST(
    after_in_golden([](auto& m) { m.set_created(std::string(65, '2')); }).code
    == ec::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_request_about_an_alias)

BOOST_AUTO_TEST_CASE(with_names_that_are_none_is_refused) {
  for (const auto* name : bad_names) {
    BOOST_TEST(after_in_promotion([&](auto& m) { m.set_model(name); }).code
               == ec::invalid_argument);
    BOOST_TEST(after_in_promotion([&](auto& m) { m.set_alias(name); }).code
               == ec::invalid_argument);
    BOOST_TEST(after_in_promotion([&](auto& m) { m.set_recipe(name); }).code
               == ec::invalid_argument);
    BOOST_TEST(after_in_rollback([&](auto& m) { m.set_model(name); }).code
               == ec::invalid_argument);
    BOOST_TEST(after_in_rollback([&](auto& m) { m.set_alias(name); }).code
               == ec::invalid_argument);
    BOOST_TEST(code(from_wire(to_wire(a_promotion()), name))
               == ec::invalid_argument);
    BOOST_TEST(code(from_wire(to_wire(a_rollback()), name))
               == ec::invalid_argument);
  }
}

BOOST_AUTO_TEST_CASE(without_model_or_alias_is_refused) {
  BOOST_TEST(
    after_in_promotion([](auto& m) { m.clear_model(); })
    == (error{ec::invalid_argument, "request: model name \"\" is empty"}));
  BOOST_TEST(after_in_promotion([](auto& m) { m.clear_alias(); }).code
             == ec::invalid_argument);
  BOOST_TEST(after_in_rollback([](auto& m) { m.clear_model(); }).code
             == ec::invalid_argument);
  BOOST_TEST(after_in_rollback([](auto& m) { m.clear_alias(); }).code
             == ec::invalid_argument);
}

BOOST_AUTO_TEST_CASE(needs_a_version_to_promote) {
  for (const auto* version : {"", "1.0", "latest"})
    BOOST_TEST(after_in_promotion([&](auto& m) { m.set_version(version); }).code
               == ec::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_question_for_lineage)

BOOST_AUTO_TEST_CASE(names_an_artifact_or_a_model_or_both) {
  BOOST_TEST(after_in_lineage([](auto& m) { m.clear_artifact(); }).code
             == ec::none);
  BOOST_TEST(after_in_lineage([](auto& m) { m.clear_model(); }).code
             == ec::none);
  BOOST_TEST(after_in_lineage([](auto& m) {
               m.clear_artifact();
               m.clear_model();
             }).code
             == ec::invalid_argument);
}

BOOST_AUTO_TEST_CASE(takes_a_whole_digest_or_its_beginning_and_nothing_else) {
  const auto of_artifact = [](const std::string& text) {
    return after_in_lineage([&](auto& m) { m.set_artifact(text); }).code;
  };

  BOOST_TEST(of_artifact("0") == ec::none);
  BOOST_TEST(of_artifact(to_string(sha256("artifact"))) == ec::none);
  BOOST_TEST(of_artifact(std::string(65, '0')) == ec::invalid_argument);
  BOOST_TEST(of_artifact("ABC") == ec::invalid_argument);
  BOOST_TEST(of_artifact("0x1") == ec::invalid_argument);
  BOOST_TEST(of_artifact("../") == ec::invalid_argument);
}

BOOST_AUTO_TEST_CASE(with_names_or_versions_that_are_none_is_refused) {
  for (const auto* name : bad_names) {
    BOOST_TEST(after_in_lineage([&](auto& m) { m.set_model(name); }).code
               == ec::invalid_argument);
    BOOST_TEST(code(from_wire(to_wire(a_lineage_query()), name))
               == ec::invalid_argument);
  }
  BOOST_TEST(after_in_lineage([](auto& m) { m.set_version("1.0"); }).code
             == ec::invalid_argument);
  BOOST_TEST(after_in_lineage([](auto& m) { m.clear_version(); }).code
             == ec::none);
}

BOOST_AUTO_TEST_SUITE_END()

#include "messages/wire/control.hpp"
#include "tests/support/expected_checks.hpp"
#include "tests/unit/wire/samples.hpp"

#include <limits>

using namespace trivium;
using namespace trivium::test;

namespace {

/// What the message of `value` reads as once something in it was changed.
template <class Value, class Change>
auto read_after(const Value& value, Change change) {
  auto message = to_wire(value);
  change(message);
  return from_wire(message);
}

template <class Value, class Change>
ec code_after(const Value& value, Change change) {
  return code(read_after(value, change));
}

const std::string short_digest(31, '\x01');
const std::string long_digest(33, '\x01');

v1::Failure a_failure(uint32_t code) {
  v1::Failure failure;
  failure.set_code(code);
  failure.set_text("it went wrong");
  return failure;
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_failure_on_the_wire)

BOOST_AUTO_TEST_CASE(of_a_code_of_a_newer_node_is_internal_with_its_text) {
  const auto beyond = static_cast<uint32_t>(last_ec) + 1;
  for (const auto code : {beyond, 256u + 2u, 0xffff'ffffu})
    BOOST_TEST(from_wire(a_failure(code))
               == (error{ec::internal, "it went wrong"}));
}

BOOST_AUTO_TEST_CASE(that_says_all_is_well_is_internal) {
  BOOST_TEST(from_wire(a_failure(0)) == (error{ec::internal, "it went wrong"}));
}

BOOST_AUTO_TEST_CASE(of_a_job_may_not_say_so_either) {
  const auto details = must(read_after(some_job_details(), [](auto& message) {
    message.mutable_failure()->set_code(0);
  }));

  BOOST_TEST(details.failure.code == ec::internal);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(an_answer)

BOOST_AUTO_TEST_CASE(with_a_digest_of_another_length_is_refused) {
  for (const auto& bytes : {short_digest, long_digest}) {
    BOOST_TEST(
      code_after(a_lineage_entry(), [&](auto& m) { m.set_artifact(bytes); })
      == ec::data_loss);
    BOOST_TEST(
      code_after(a_lineage_entry(), [&](auto& m) { m.set_parent(bytes); })
      == ec::data_loss);
    BOOST_TEST(
      code_after(a_resolved_alias(),
                 [&](auto& m) { m.mutable_files(0)->set_sha256(bytes); })
      == ec::data_loss);
    BOOST_TEST(
      code_after(a_quantize_report(), [&](auto& m) { m.set_artifact(bytes); })
      == ec::data_loss);
    BOOST_TEST(
      code_after(a_golden_report(), [&](auto& m) { m.set_source(bytes); })
      == ec::data_loss);
  }
}

BOOST_AUTO_TEST_CASE(without_the_digest_that_it_is_about_is_refused) {
  BOOST_TEST(code_after(a_lineage_entry(), [](auto& m) { m.clear_artifact(); })
             == ec::data_loss);
  BOOST_TEST(
    text(read_after(a_resolved_alias(),
                    [](auto& m) { m.mutable_files(1)->clear_sha256(); }))
    == "answer: digest \"sha256\" is missing");
}

BOOST_AUTO_TEST_CASE(with_an_enum_of_a_newer_node_is_not_supported) {
  BOOST_TEST(
    code_after(a_lineage_entry(),
               [](auto& m) { m.set_verdict(static_cast<v1::Verdict>(5)); })
    == ec::unsupported);
  BOOST_TEST(
    code_after(a_quantize_report(),
               [](auto& m) { m.set_format(static_cast<v1::ModelFormat>(4)); })
    == ec::unsupported);
  BOOST_TEST(
    code_after(a_quantize_report(),
               [](auto& m) { m.set_format(static_cast<v1::ModelFormat>(-1)); })
    == ec::unsupported);
  for (const auto number : {16u, 256u, 0xffff'ffffu}) {
    BOOST_TEST(
      code_after(a_quantize_report(),
                 [&](auto& m) { m.mutable_tensors(0)->set_type(number); })
      == ec::unsupported);
    BOOST_TEST(
      code_after(a_quantize_report(),
                 [&](auto& m) { m.mutable_tensors(0)->set_action(number); })
      == ec::unsupported);
  }
  BOOST_TEST(code_after(a_resolved_alias(),
                        [](auto& m) { m.set_format("safetensors2"); })
             == ec::unsupported);
  BOOST_TEST(
    text(read_after(a_resolved_alias(),
                    [](auto& m) { m.mutable_files(0)->set_role("lora\n"); }))
    == "answer: file role \"lora\\x0a\" was written by a newer build");
}

BOOST_AUTO_TEST_CASE(with_an_enum_that_is_missing_is_refused) {
  BOOST_TEST(code_after(a_lineage_entry(), [](auto& m) { m.clear_verdict(); })
             == ec::data_loss);
  BOOST_TEST(code_after(a_resolved_alias(), [](auto& m) { m.clear_format(); })
             == ec::data_loss);
  BOOST_TEST(code_after(a_resolved_alias(),
                        [](auto& m) { m.mutable_files(0)->clear_role(); })
             == ec::data_loss);
}

BOOST_AUTO_TEST_CASE(about_a_model_or_version_that_is_none_is_refused) {
  BOOST_TEST(code_after(a_summary(),
                        [](auto& m) { m.mutable_model()->set_model("../x"); })
             == ec::data_loss);
  BOOST_TEST(code_after(a_summary(), [](auto& m) { m.clear_model(); })
             == ec::data_loss);
  BOOST_TEST(
    code_after(a_lineage_entry(),
               [](auto& m) { m.mutable_model()->set_namespace_("a/b"); })
    == ec::data_loss);
  BOOST_TEST(
    code_after(a_lineage_entry(), [](auto& m) { m.set_version("1.0"); })
    == ec::data_loss);
  BOOST_TEST(
    code_after(an_identity(), [](auto& m) { m.set_default_namespace("../x"); })
    == ec::data_loss);
}

BOOST_AUTO_TEST_CASE(may_come_from_a_node_without_a_default_namespace) {
  auto node = an_identity();
  node.name_space = "";

  BOOST_TEST(code(from_wire(to_wire(node))) == ec::none);
}

BOOST_AUTO_TEST_CASE(with_files_outside_the_artifact_is_refused) {
  for (const auto* path : {"", "/etc/passwd", "../x", "a/../../x", "a//b",
                           "a\\b", "a\nb", "./a", "a/"})
    BOOST_TEST(code_after(a_resolved_alias(),
                          [&](auto& m) { m.mutable_files(0)->set_path(path); })
               == ec::data_loss);
}

BOOST_AUTO_TEST_CASE(without_its_record_is_refused) {
  BOOST_TEST(code_after(a_resolved_alias(), [](auto& m) { m.clear_alias(); })
             == ec::data_loss);
  BOOST_TEST(code_after(a_promoted_alias(), [](auto& m) { m.clear_alias(); })
             == ec::data_loss);
  BOOST_TEST(
    code_after(a_registered_version(), [](auto& m) { m.clear_version(); })
    == ec::data_loss);
  BOOST_TEST(code_after(a_job_status(), [](auto& m) { m.clear_record(); })
             == ec::data_loss);
  BOOST_TEST(code_after(some_job_details(), [](auto& m) { m.clear_status(); })
             == ec::data_loss);
}

BOOST_AUTO_TEST_CASE(with_one_bad_record_among_good_ones_is_refused) {
  BOOST_TEST(code_after(some_details(),
                        [](auto& m) { m.mutable_aliases(1)->set_weight(101); })
             == ec::data_loss);
  BOOST_TEST(
    code_after(some_details(),
               [](auto& m) { m.mutable_variants(0)->set_artifact("short"); })
    == ec::data_loss);
  BOOST_TEST(code_after(a_node(),
                        [](auto& m) {
                          m.mutable_jobs(0)->mutable_record()->clear_state();
                        })
             == ec::data_loss);
  BOOST_TEST(code_after(a_pipeline_report(),
                        [](auto& m) {
                          m.mutable_variant()->set_state(
                            static_cast<v1::VariantState>(7));
                        })
             == ec::unsupported);
}

BOOST_AUTO_TEST_CASE(with_fewer_or_more_revisions_than_aliases_is_refused) {
  BOOST_TEST(
    code_after(some_details(), [](auto& m) { m.add_alias_revisions(1); })
    == ec::data_loss);
  BOOST_TEST(
    text(read_after(some_details(), [](auto& m) { m.clear_alias_revisions(); }))
    == "answer: 2 aliases, 0 revisions of them");
}

BOOST_AUTO_TEST_CASE(about_a_stage_of_a_newer_node_shows_the_first) {
  for (const auto stage : {8u, 256u + 3u, 0xffff'ffffu}) {
    const auto status =
      must(read_after(a_job_status(), [&](auto& m) { m.set_stage(stage); }));
    BOOST_CHECK(status.stage == job_stage::ingest);
  }
}

BOOST_AUTO_TEST_CASE(with_fewer_or_more_stages_gives_those_that_are_known) {
  const auto fewer = must(read_after(a_pipeline_report(), [](auto& m) {
    m.mutable_stages()->DeleteSubrange(1, 7);
    m.mutable_quantized()->clear_stages();
  }));
  const auto more = must(read_after(a_pipeline_report(), [](auto& m) {
    for (int i = 0; i < 1000; ++i)
      m.add_stages()->set_bytes(1);
  }));

  BOOST_TEST(fewer.stages.at(0).bytes == 200u);
  BOOST_TEST(fewer.stages.at(1).bytes == 0u);
  BOOST_TEST(fewer.quantized.value().stages.at(0).bytes == 0u);
  BOOST_TEST(more.stages.at(7).bytes == 207u);
}

BOOST_AUTO_TEST_CASE(keeps_numbers_however_large) {
  const auto most = std::numeric_limits<uint64_t>::max();
  const auto files = must(read_after(
    a_resolved_alias(), [&](auto& m) { m.mutable_files(0)->set_size(most); }));
  const auto node =
    must(read_after(an_identity(), [&](auto& m) { m.set_started_at(most); }));

  BOOST_TEST(files.files.files.at(0).size == most);
  BOOST_TEST(to_wire(node).started_at() == most);
}

BOOST_AUTO_TEST_SUITE_END()

#include "messages/values/sha256.hpp"
#include "messages/wire/control.hpp"
#include "tests/support/expected_checks.hpp"
#include "tests/unit/wire/message_fields.hpp"
#include "tests/unit/wire/samples.hpp"

#include <google/protobuf/util/message_differencer.h>

#include <limits>

using namespace trivium;
using namespace trivium::test;
using google::protobuf::util::MessageDifferencer;

namespace {

/// As a peer gets it.
template <class Message>
Message sent(const Message& message) {
  Message arrived;
  BOOST_REQUIRE(arrived.ParseFromString(message.SerializeAsString()));
  return arrived;
}

/// The value after its journey, whose message is the one that was sent.
/// `namespaces`: of requests, which travel beside them.
template <class Value, class... Namespaces>
Value come_back(const Value& value, const Namespaces&... namespaces) {
  const auto message = to_wire(value);
  auto got = must(from_wire(sent(message), std::string{namespaces}...));
  BOOST_TEST(MessageDifferencer::Equals(to_wire(got), message));
  return got;
}

/// The same of a value in which every field says something.
template <class Value, class... Namespaces>
Value come_back_in_full(const Value& value, const Namespaces&... namespaces) {
  BOOST_TEST(mute_fields(to_wire(value)) == std::vector<std::string>{},
             boost::test_tools::per_element());
  return come_back(value, namespaces...);
}

} // namespace

BOOST_AUTO_TEST_SUITE(what_is_sent_comes_back)

// --- records -----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(of_a_version) {
  const auto got = come_back_in_full(a_version());

  BOOST_CHECK(got.model == a_version().model);
  BOOST_TEST(to_string(got.version) == "1.2.3-rc.1+build");
  BOOST_CHECK(got.artifact == sha256("artifact"));
  BOOST_CHECK(got.format == model_format::safetensors);
  BOOST_CHECK(got.state == version_state::ready);
  BOOST_TEST(got.storage_uri == "file:///models/minilm.onnx");
  BOOST_CHECK(got.labels == a_version().labels);
  BOOST_TEST(got.registered_at == 1'764'000'000'123);
}

BOOST_AUTO_TEST_CASE(of_a_variant) {
  const auto got = come_back_in_full(a_variant());

  BOOST_CHECK(got.recipe_digest == sha256("recipe"));
  BOOST_CHECK(got.source == sha256("source"));
  BOOST_CHECK(got.artifact == sha256("variant"));
  BOOST_CHECK(got.checked.verdict == verdict::layer_verified);
  BOOST_TEST(got.checked.deployed.value().worst == "output \"z\"");
  BOOST_TEST(got.checked.float_deployed.value().worst == "\"q\"");
  BOOST_TEST(got.checked.latency_after_ms == 6.25);
  BOOST_TEST(got.tensors == 40u);
  BOOST_TEST(got.started_at == 5);
}

BOOST_AUTO_TEST_CASE(of_an_alias) {
  const auto got = come_back_in_full(an_alias());

  BOOST_TEST(got.alias == "canary");
  BOOST_CHECK(got.artifact == sha256("variant"));
  BOOST_TEST(got.weight == 90u);
  BOOST_TEST(got.reason == "gate met");
}

BOOST_AUTO_TEST_CASE(of_a_job_with_the_bytes_of_its_request) {
  const auto got = come_back_in_full(a_job());

  BOOST_TEST(got.kind == "quantize");
  BOOST_CHECK(got.state == job_state::parked);
  BOOST_TEST(got.pid == 1234);
  BOOST_TEST(got.request == a_job().request);
}

BOOST_AUTO_TEST_CASE(of_a_registration) {
  const auto got = come_back(a_registration());

  BOOST_TEST(to_string(got.version) == "1.2.3");
  BOOST_TEST(to_string(got.newest) == "2.0.0-rc.1");
  BOOST_TEST(got.ttl_seconds == 300);
  BOOST_REQUIRE(got.seen.size() == 2u);
  BOOST_TEST(got.seen.front().fingerprint == 0xfedcba9876543210u);
  BOOST_TEST(got.seen.front().at == 7u);
}

BOOST_AUTO_TEST_CASE(of_an_event_without_its_revision) {
  auto event = an_event();
  event.revision = 5;

  const auto got = come_back(event);

  BOOST_REQUIRE(got.also.size() == 1u);
  BOOST_TEST(got.also.front().what == event.what);

  BOOST_CHECK(got.kind == event_kind::alias_moved);
  BOOST_TEST(got.what == "production → 1.2.3 int8");
  BOOST_TEST(got.revision == 0u);
}

BOOST_AUTO_TEST_CASE(of_jobs_and_events_about_no_model) {
  auto job = a_job();
  job.model = {};
  auto event = an_event();
  event.model = {};

  BOOST_TEST(come_back(job).model.model == "");
  BOOST_TEST(come_back(event).model.model == "");
}

// --- the node ----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(of_a_node_but_the_window_of_its_session) {
  const auto message = to_wire(an_identity());
  const auto got = come_back(an_identity());

  BOOST_TEST(mute_fields(message)
               == std::vector<std::string>{"trivium.v1.Welcome.notice_window"},
             boost::test_tools::per_element());
  BOOST_TEST(got.protocol == 7u);
  BOOST_TEST(got.version == "0.2.0");
  BOOST_TEST(got.store == "/var/lib/trivium");
  BOOST_TEST(got.name_space == "team");
  BOOST_TEST(got.started_at == 1'764'000'000'123);
  BOOST_TEST(got.pid == 4321);
}

BOOST_AUTO_TEST_CASE(of_the_status_of_a_node) {
  const auto got = come_back_in_full(a_node());

  BOOST_TEST(got.store == "/var/lib/trivium");
  BOOST_TEST(got.head == 77u);
  BOOST_TEST(got.rss_bytes == 123'456'789u);
  BOOST_TEST(got.restarts == 2u);
  BOOST_TEST(got.active_models == 9u);
  BOOST_TEST(got.lanes.at(1).number == 4u);
  BOOST_TEST(got.jobs.at(0).record.id == "j-1");
  BOOST_TEST(got.devices.at(0).name == "a CPU");
}

BOOST_AUTO_TEST_CASE(of_a_lane) {
  const auto got = come_back_in_full(a_lane());

  BOOST_TEST(got.job == "j-1");
  BOOST_TEST(got.tensor == "layer.3.weight");
  BOOST_TEST(got.tile == 17u);
  BOOST_TEST(got.seconds_on_tile == 2.5);
  BOOST_TEST(got.tiles_done == 900u);
}

BOOST_AUTO_TEST_CASE(of_a_device) {
  const auto got = come_back_in_full(a_device());

  BOOST_TEST(got.kind == "cpu");
  BOOST_TEST(got.absence == "no such library");
}

BOOST_AUTO_TEST_CASE(of_an_actor) {
  const auto got = come_back_in_full(an_actor());

  BOOST_TEST(got.id == 12u);
  BOOST_TEST(got.parent == 11u);
  BOOST_TEST(got.state == "busy");
  BOOST_TEST(got.mailbox == 5u);
  BOOST_TEST(got.last_failure == "std::bad_alloc");
}

BOOST_AUTO_TEST_CASE(of_a_backup) {
  const auto got = come_back_in_full(a_backup());

  BOOST_TEST(got.folder == "/backups/a");
  BOOST_TEST(got.head == 258u);
  BOOST_TEST(got.made_at_ms == 1'763'644'327'892);
  BOOST_TEST(got.files == 7u);
  BOOST_TEST(got.bytes == 9u);
}

BOOST_AUTO_TEST_CASE(of_how_far_a_backup_is) {
  const auto got = come_back_in_full(a_backup_halfway());

  BOOST_TEST(got.is_running);
  BOOST_TEST(got.done == 5u);
  BOOST_TEST(got.total == 10u);
}

BOOST_AUTO_TEST_CASE(of_collected_garbage) {
  const auto got = come_back_in_full(some_garbage());

  BOOST_TEST(got.blobs == 3u);
  BOOST_TEST(got.names == some_garbage().names,
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(of_every_failure) {
  for (auto code = 1; code <= static_cast<int>(last_ec); ++code) {
    const error want{static_cast<ec>(code), "it went wrong"};
    BOOST_TEST(from_wire(sent(to_wire(want))) == want);
  }
}

// --- the registry ------------------------------------------------------------

BOOST_AUTO_TEST_CASE(of_a_list_of_models) {
  const auto got = come_back_in_full(model_list{{a_summary()}, true});

  BOOST_TEST(got.is_cut);
  const auto& model = got.models.at(0);
  BOOST_TEST(to_string(model.model) == "team/minilm");
  BOOST_TEST(model.versions == 3u);
  BOOST_TEST(model.newest == "1.2.3");
  BOOST_TEST(model.aliases.at(0).alias == "canary");
}

BOOST_AUTO_TEST_CASE(of_everything_about_a_model) {
  const auto got = come_back_in_full(some_details());

  BOOST_TEST(got.versions.at(0).size_bytes == 90'000'000u);
  BOOST_TEST(got.variants.at(0).recipe == "int8");
  BOOST_TEST(got.aliases.at(1).alias == "production");
  BOOST_TEST(got.alias_revisions.at(1) == 34u);
}

BOOST_AUTO_TEST_CASE(of_a_history) {
  const auto got = come_back_in_full(history_list{{a_history_entry()}, true});

  BOOST_TEST(got.is_cut);
  BOOST_TEST(got.entries.at(0).at_revision == 12u);
  BOOST_TEST(got.entries.at(0).what == "production → 1.2.3");
  BOOST_TEST(got.entries.at(0).reason == "better");
}

BOOST_AUTO_TEST_CASE(of_a_lineage) {
  const auto got = come_back_in_full(a_lineage_entry());

  BOOST_CHECK(got.artifact == sha256("variant"));
  BOOST_CHECK(got.parent == sha256("artifact"));
  BOOST_TEST(got.origin == "file:///models/minilm.onnx");
  BOOST_CHECK(got.verdict == verdict::smoke);
  BOOST_TEST(got.aliases.at(1) == "production");
}

BOOST_AUTO_TEST_CASE(of_a_lineage_that_begins_here) {
  auto entry = a_lineage_entry();
  entry.parent = {};

  BOOST_TEST(!come_back(entry).parent.is_set());
}

BOOST_AUTO_TEST_CASE(of_a_resolved_alias) {
  const auto got = come_back_in_full(a_resolved_alias());

  BOOST_TEST(got.alias.alias == "canary");
  BOOST_TEST(got.at == 34u);
  BOOST_CHECK(got.files == a_resolved_alias().files);
}

BOOST_AUTO_TEST_CASE(of_a_promoted_alias) {
  const auto got = come_back_in_full(a_promoted_alias());

  BOOST_TEST(got.alias.weight == 90u);
  BOOST_TEST(got.at == 34u);
  BOOST_TEST(got.was_there);
}

BOOST_AUTO_TEST_CASE(of_a_registered_version) {
  const auto got = come_back_in_full(a_registered_version());

  BOOST_CHECK(got.version.artifact == sha256("artifact"));
  BOOST_TEST(got.at == 33u);
  BOOST_TEST(got.was_known);
}

BOOST_AUTO_TEST_CASE(of_a_promotion_beside_its_namespace) {
  const auto got = come_back_in_full(a_promotion(), "team");

  BOOST_TEST(to_string(got.alias.model) == "team/minilm");
  BOOST_TEST(got.alias.alias == "canary");
  BOOST_TEST(got.version == "1.2.3");
  BOOST_TEST(got.recipe == "int8");
  BOOST_TEST(got.allow_unverified);
  BOOST_TEST(got.reason == "better");
}

BOOST_AUTO_TEST_CASE(of_a_promotion_of_the_version_itself_or_by_digest) {
  auto wanted = a_promotion();
  wanted.recipe = to_string(sha256("recipe"));
  BOOST_TEST(come_back(wanted, "team").recipe == wanted.recipe);
  wanted.recipe = "";
  BOOST_TEST(come_back(wanted, "team").recipe == "");
}

BOOST_AUTO_TEST_CASE(of_a_rollback_beside_its_namespace) {
  const auto got = come_back_in_full(a_rollback(), "team");

  BOOST_TEST(to_string(got.alias.model) == "team/minilm");
  BOOST_TEST(got.alias.alias == "canary");
  BOOST_TEST(got.to == 34u);
  BOOST_TEST(got.reason == "worse");
}

BOOST_AUTO_TEST_CASE(of_a_question_for_lineage) {
  const auto got = come_back_in_full(a_lineage_query(), "team");

  BOOST_TEST(got.artifact == "0123abcdef");
  BOOST_TEST(to_string(got.model) == "team/minilm");
  BOOST_TEST(got.version == "1.2.3");
}

// --- jobs --------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(of_a_request_for_a_job) {
  const auto want = a_job_request();

  const auto got = come_back_in_full(want);

  BOOST_CHECK(got.kind == job_kind::register_model);
  BOOST_TEST(got.path == want.path);
  BOOST_TEST(to_string(got.model) == "team/minilm");
  BOOST_TEST(got.version == "1.2.3");
  BOOST_TEST(got.recipe == want.recipe);
  BOOST_TEST(got.recipe_text == want.recipe_text);
  BOOST_TEST(got.golden == want.golden);
  BOOST_TEST(got.out == want.out);
  BOOST_TEST(got.memory_bytes == want.memory_bytes);
  BOOST_TEST(got.alias == "canary");
  BOOST_CHECK(got.hints.shapes == want.hints.shapes);
  BOOST_CHECK(got.hints.ranges == want.hints.ranges);
}

BOOST_AUTO_TEST_CASE(of_every_kind_of_job) {
  auto wanted = a_job_request();
  for (const auto kind :
       {job_kind::pipeline, job_kind::register_model, job_kind::quantize}) {
    wanted.kind = kind;
    BOOST_CHECK(come_back(wanted).kind == kind);
  }
}

BOOST_AUTO_TEST_CASE(of_a_path_with_a_line_break) {
  auto wanted = a_job_request();
  wanted.path = "/models/a\nb\xe2\x80\xa8";

  BOOST_TEST(come_back(wanted).path == wanted.path);
}

BOOST_AUTO_TEST_CASE(of_a_golden_request) {
  const auto want = a_golden_request();

  const auto got = come_back_in_full(want);

  BOOST_TEST(got.model == want.model);
  BOOST_TEST(got.golden == want.golden);
  BOOST_TEST(got.record);
  BOOST_TEST(got.inputs == want.inputs);
  BOOST_CHECK(got.hints.shapes == want.hints.shapes);
  BOOST_TEST(got.created == want.created);
}

BOOST_AUTO_TEST_CASE(of_the_status_of_a_job) {
  const auto got = come_back_in_full(a_job_status());

  BOOST_TEST(got.record.id == "j-1");
  BOOST_TEST(got.is_queued);
  BOOST_CHECK(got.stage == job_stage::verify);
  BOOST_TEST(got.done == 12u);
  BOOST_TEST(got.total == 40u);
  BOOST_TEST(got.seconds == 3.5);
}

BOOST_AUTO_TEST_CASE(of_a_job_in_detail) {
  const auto got = come_back_in_full(some_job_details());

  BOOST_TEST(got.status.done == 12u);
  BOOST_TEST(got.report.value().seconds == 8.5);
  BOOST_TEST(got.registered.value().at == 33u);
  BOOST_TEST(got.failure == some_job_details().failure);
}

BOOST_AUTO_TEST_CASE(of_a_job_that_still_runs) {
  const auto got = come_back(job_details{a_job_status(), {}, {}});

  BOOST_TEST(!got.report.has_value());
  BOOST_TEST(!got.registered.has_value());
  BOOST_TEST(got.failure.code == ec::none);
}

BOOST_AUTO_TEST_CASE(of_the_report_of_a_pipeline) {
  const auto got = come_back_in_full(a_pipeline_report());

  BOOST_TEST(got.job == "j-1");
  BOOST_TEST(got.trace_id == "4bf9");
  BOOST_CHECK(got.source.artifact == sha256("artifact"));
  BOOST_CHECK(got.variant.artifact == sha256("variant"));
  BOOST_TEST(got.alias.alias == "canary");
  BOOST_TEST(got.at == 34u);
  BOOST_TEST(got.stages.at(0).seconds == 20.5);
  BOOST_TEST(got.stages.at(7).bytes == 207u);
  BOOST_TEST(got.quantized.value().stages.at(7).bytes == 107u);
}

BOOST_AUTO_TEST_CASE(of_the_flags_of_a_report_one_by_one) {
  auto report = a_pipeline_report();
  report.version_was_known = report.alias_was_there = false;

  const auto got = come_back(report);

  BOOST_TEST(!got.version_was_known);
  BOOST_TEST(got.variant_was_known);
  BOOST_TEST(!got.alias_was_there);
}

BOOST_AUTO_TEST_CASE(of_a_report_that_ended_before_there_were_records) {
  pipeline_report report;
  report.job = "j-1";

  const auto got = come_back(report);

  BOOST_TEST(got.job == "j-1");
  BOOST_TEST(got.source.model.model == "");
  BOOST_TEST(!got.quantized.has_value());
  BOOST_TEST(got.alias.model.model == "");
}

BOOST_AUTO_TEST_CASE(of_the_report_of_a_quantization) {
  const auto got = come_back_in_full(a_quantize_report());

  BOOST_CHECK(got.format == model_format::onnx);
  BOOST_TEST(got.quantized_elements == 2049u);
  BOOST_CHECK(got.artifact == sha256("variant"));
  BOOST_TEST(got.out.string() == "/out/minilm");
  const auto& tensor = got.tensors.at(0);
  BOOST_TEST(tensor.name == "layer.3.weight");
  BOOST_CHECK(tensor.type == tensor_type::bf16);
  BOOST_CHECK((tensor.shape == tensor_shape{768, 3072}));
  BOOST_CHECK(tensor.action == scheme::int8_channel);
  BOOST_TEST(tensor.bytes_after == 2048u);
  BOOST_TEST(tensor.errors.product == 1.625);
  BOOST_TEST(tensor.errors.max_error == 0.125);
}

BOOST_AUTO_TEST_CASE(of_figures_that_are_not_finite) {
  auto report = a_golden_report();
  report.figures.min_sqnr_db = std::numeric_limits<double>::infinity();

  BOOST_TEST(come_back(report).figures.min_sqnr_db
             == std::numeric_limits<double>::infinity());
}

BOOST_AUTO_TEST_CASE(of_a_golden_report) {
  const auto got = come_back_in_full(a_golden_report());

  BOOST_TEST(got.cases == 8u);
  BOOST_CHECK(got.source == sha256("artifact"));
  BOOST_TEST(got.precision == "f32");
  BOOST_TEST(got.figures.worst == "output \"y\"");
}

BOOST_AUTO_TEST_SUITE_END()

#include "tests/unit/wire/samples.hpp"

#include "messages/values/sha256.hpp"
#include "tests/support/expected_checks.hpp"

namespace trivium::test {

namespace {

semver parsed(std::string_view text) { return must(semver::parse(text)); }

/// Eight stages, each with its own figures.
std::array<stage_figure, job_stages> stages_from(double seconds,
                                                 uint64_t bytes) {
  std::array<stage_figure, job_stages> stages{};
  for (size_t i = 0; i < job_stages; ++i)
    stages[i] = {seconds + static_cast<double>(i), bytes + i};
  return stages;
}

input_hints some_hints() {
  return {{{"ids", {1, 128}}, {"image \"ä\"\n", {1, 3, 48, 320}}},
          {{"ids", {0.5, 30522}}, {"mask", {-1, 1}}}};
}

} // namespace

// --- records -----------------------------------------------------------------

version_record a_version() {
  version_record record;
  record.model = {"team", "minilm"};
  record.version = parsed("1.2.3-rc.1+build");
  record.artifact = sha256("artifact");
  record.format = model_format::safetensors;
  record.state = version_state::ready;
  record.storage_uri = "file:///models/minilm.onnx";
  record.size_bytes = 90'000'000;
  record.labels = {{"team", "search"}, {"a", "b"}};
  record.subject = "local";
  record.trace_id = "4bf92f3577b34da6a3ce929d0e0e4736";
  record.registered_at = 1'764'000'000'123;
  return record;
}

variant_record a_variant() {
  variant_record record;
  record.model = {"team", "minilm"};
  record.version = parsed("1.2.3");
  record.recipe = "int8";
  record.recipe_digest = sha256("recipe");
  record.source = sha256("source");
  record.artifact = sha256("variant");
  record.state = variant_state::verified;
  record.reason = "a reason";
  record.checked.verdict = verdict::layer_verified;
  record.checked.gate_met = true;
  record.checked.reasons = {"one", "two"};
  record.checked.exact = output_figures{31.5, 0.9999, 0.25, "output \"y\""};
  record.checked.deployed = output_figures{30.5, 0.9998, 0.35, "output \"z\""};
  record.checked.float_deployed = output_figures{90, 0.9997, 0.01, "\"q\""};
  record.checked.layers = output_figures{44, 0.9996, 0.5, "layer.3"};
  record.checked.cases = 8;
  record.checked.inputs = "golden set lines";
  record.checked.executor = "OpenVINO 2026.4.1";
  record.checked.precision = "f32 / bf16";
  record.checked.cpu = "a CPU";
  record.checked.latency_before_ms = 12.5;
  record.checked.latency_after_ms = 6.25;
  record.bytes_before = 100;
  record.bytes_after = 26;
  record.tensors = 40;
  record.tensors_quantized = 30;
  record.job = "j-1";
  record.subject = "local";
  record.trace_id = "4bf9";
  record.started_at = 5;
  record.changed_at = 6;
  return record;
}

alias_record an_alias() {
  alias_record record;
  record.model = {"team", "minilm"};
  record.alias = "canary";
  record.version = parsed("1.2.3");
  record.recipe_digest = sha256("recipe");
  record.artifact = sha256("variant");
  record.weight = 90;
  record.subject = "local";
  record.reason = "gate met";
  record.trace_id = "4bf9";
  record.moved_at = 7;
  return record;
}

job_record a_job() {
  job_record record;
  record.id = "j-1";
  record.kind = "quantize";
  record.model = {"team", "minilm"};
  record.version = parsed("1.2.3");
  record.recipe = "int8";
  record.state = job_state::parked;
  record.reason = "the node stopped";
  record.subject = "local";
  record.trace_id = "4bf9";
  record.pid = 1234;
  record.started_at = 5;
  record.ended_at = 6;
  record.request = std::string{"\x08\x03\x00\xff", 4};
  return record;
}

event_record an_event() {
  event_record record;
  record.kind = event_kind::alias_moved;
  record.model = {"team", "minilm"};
  record.version = "1.2.3";
  record.what = "production → 1.2.3 int8";
  record.subject = "local";
  record.trace_id = "4bf9";
  record.at = 8;
  record.also = {record};
  return record;
}

registration_record a_registration() {
  registration_record record;
  record.model = {"team", "minilm"};
  record.version = must(semver::parse("1.2.3"));
  record.newest = must(semver::parse("2.0.0-rc.1"));
  record.storage_uri = "s3://models/minilm/1.2.3";
  record.ttl_seconds = 300;
  record.seen = {{"key-1", 0xfedcba9876543210, 7, record.version},
                 {"key-2", 9, 0, record.newest}};
  record.subject = "grpc:127.0.0.1";
  record.trace_id = "4bf9";
  record.registered_at = 8;
  record.changed_at = 9;
  return record;
}

// --- the node ----------------------------------------------------------------

node_identity an_identity() {
  return {7, "0.2.0", "/var/lib/trivium", "team", 1'764'000'000'123, 4321};
}

lane_status a_lane() {
  return {3, "cpu", true, "j-1", "layer.3.weight", 17, 2.5, true, 900, 1 << 30};
}

device_status a_device() {
  return {"cpu", "a CPU", 2, uint64_t{8} << 30, "no such library"};
}

actor_status an_actor() {
  return {12, 11, "lane 3", "busy", 5, 2, "std::bad_alloc", true};
}

node_status a_node() {
  node_status status;
  status.version = "0.2.0";
  status.pid = 4321;
  status.started_at = 1'764'000'000'123;
  status.store = "/var/lib/trivium";
  status.head = 77;
  status.is_draining = true;
  status.rss_bytes = 123'456'789;
  status.cpu_seconds = 12.25;
  status.sessions = 4;
  status.restarts = 2;
  status.silent = {"scheduler"};
  status.log_level = "debug";
  status.lanes = {a_lane(), a_lane()};
  status.lanes[1].number = 4;
  status.jobs = {a_job_status()};
  status.active_models = 9;
  status.devices = {a_device()};
  return status;
}

backup_summary a_backup() {
  return {"/backups/a", 258, 1'763'644'327'892, 7, 9};
}

backup_progress a_backup_halfway() { return {true, 5, 10}; }

collected_garbage some_garbage() { return {3, 4096, {"ab/cd", "ef/01"}}; }

// --- the registry ------------------------------------------------------------

model_summary a_summary() {
  return {{"team", "minilm"}, 3, 2, "1.2.3", {an_alias()}, 99};
}

model_details some_details() {
  auto second = an_alias();
  second.alias = "production";
  return {{a_version()}, {a_variant()}, {an_alias(), second}, {12, 34}};
}

history_entry a_history_entry() {
  return {12,    1'764'000'000'123, "local", "production → 1.2.3", "better",
          "4bf9"};
}

lineage_entry a_lineage_entry() {
  lineage_entry entry;
  entry.artifact = sha256("variant");
  entry.parent = sha256("artifact");
  entry.model = {"team", "minilm"};
  entry.version = parsed("1.2.3");
  entry.recipe = "int8";
  entry.origin = "file:///models/minilm.onnx";
  entry.state = "Deployed";
  entry.verdict = verdict::smoke;
  entry.job = "j-1";
  entry.subject = "local";
  entry.at = 6;
  entry.aliases = {"canary", "production"};
  return entry;
}

resolved_artifact a_resolved_alias() {
  return {an_alias(),
          34,
          {model_format::gguf,
           {{"a/model.gguf", file_role::tokenizer, 10, sha256("a")},
            {"b.json", file_role::config, 20, sha256("b")}}}};
}

promoted a_promoted_alias() { return {an_alias(), 34, true}; }

version_registered a_registered_version() { return {a_version(), 33, true}; }

promotion a_promotion() {
  return {{{"team", "minilm"}, "canary"}, "1.2.3", "int8", true, "better"};
}

rollback a_rollback() { return {{{"team", "minilm"}, "canary"}, 34, "worse"}; }

lineage_query a_lineage_query() {
  return {"0123abcdef", {"team", "minilm"}, "1.2.3"};
}

// --- jobs --------------------------------------------------------------------

job_request a_job_request() {
  job_request wanted;
  wanted.kind = job_kind::register_model;
  wanted.path = "/models/minilm.onnx";
  wanted.model = {"team", "minilm"};
  wanted.version = "1.2.3";
  wanted.recipe = "./mine.yaml";
  wanted.recipe_text = "name: int8\n\trules: []\n";
  wanted.golden = "/golden/minilm";
  wanted.out = "/out/minilm";
  wanted.memory_bytes = 64 << 20;
  wanted.allow_unverified = true;
  wanted.force = true;
  wanted.alias = "canary";
  wanted.hints = some_hints();
  return wanted;
}

golden_request a_golden_request() {
  return {"/models/minilm.onnx", "/golden/minilm",      true, "/inputs",
          some_hints(),          "2026-11-23T07:28:33Z"};
}

job_status a_job_status() {
  return {a_job(), true, job_stage::verify, 12, 40, 3.5};
}

job_details some_job_details() {
  return {a_job_status(),
          a_pipeline_report(),
          a_registered_version(),
          {ec::resource_exhausted, "the disk is full"}};
}

quantize_report a_quantize_report() {
  quantize_report report;
  report.format = model_format::onnx;
  report.tensors = {{"layer.3.weight",
                     tensor_type::bf16,
                     {768, 3072},
                     scheme::int8_channel,
                     "rule 1",
                     4096,
                     2048,
                     {1.5, 0.25, 1.75, 1.625, 0.125, 2048}}};
  report.bytes_before = 5000;
  report.bytes_after = 3000;
  report.quantized_elements = 2049;
  report.quantized_bytes = 2060;
  report.lanes = 2;
  report.device = "a CPU";
  report.stages = stages_from(0.5, 100);
  report.artifact = sha256("variant");
  report.out = "/out/minilm";
  return report;
}

pipeline_report a_pipeline_report() {
  pipeline_report report;
  report.job = "j-1";
  report.trace_id = "4bf9";
  report.source = a_version();
  report.version_was_known = true;
  report.variant = a_variant();
  report.variant_was_known = true;
  report.quantized = a_quantize_report();
  report.alias = an_alias();
  report.alias_was_there = true;
  report.at = 34;
  report.seconds = 8.5;
  report.stages = stages_from(20.5, 200);
  return report;
}

golden_report a_golden_report() {
  return {8,
          sha256("artifact"),
          "OpenVINO 2026.4.1",
          "f32",
          "a CPU",
          {31.5, 0.9999, 0.25, "output \"y\""}};
}

} // namespace trivium::test

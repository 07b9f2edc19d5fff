#include "messages/values/sha256.hpp"
#include "storage/records/records.hpp"
#include "tests/support/expected_checks.hpp"

#include "trivium/v1/records.pb.h"

#include <limits>

using namespace trivium;
using namespace trivium::test;
using namespace trivium::storage;

namespace {

const auto infinite = std::numeric_limits<double>::infinity();

version_record a_version() {
  version_record record;
  record.model = {"team", "minilm"};
  record.version = must(semver::parse("1.2.3-rc.1+build"));
  record.artifact = sha256("artifact");
  record.format = model_format::onnx;
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
  record.version = must(semver::parse("1.2.3"));
  record.recipe = "int8";
  record.recipe_digest = sha256("recipe");
  record.source = sha256("source");
  record.artifact = sha256("artifact");
  record.state = variant_state::verified;
  record.reason = "why";
  record.checked.verdict = verdict::verified;
  record.checked.gate_met = true;
  record.checked.reasons = {"one", "two"};
  record.checked.exact = output_figures{31.5, 0.9999, 0.25, "output \"y\""};
  record.checked.deployed = output_figures{infinite, 1, 0, ""};
  record.checked.layers = output_figures{44, 1, 0.5, "layer.3"};
  record.checked.cases = 8;
  record.checked.inputs = "golden set lines";
  record.checked.executor = "OpenVINO 2026.4.1";
  record.checked.precision = "f32";
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
  record.alias = "production";
  record.version = must(semver::parse("1.2.3"));
  record.recipe_digest = sha256("recipe");
  record.artifact = sha256("artifact");
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
  record.kind = "pipeline";
  record.model = {"team", "minilm"};
  record.version = must(semver::parse("1.2.3"));
  record.recipe = "int8";
  record.state = job_state::interrupted;
  record.reason = "killed";
  record.subject = "local";
  record.trace_id = "4bf9";
  record.pid = 1234;
  record.started_at = 5;
  record.ended_at = 6;
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
  return record;
}

/// The record's message with something changed, as bytes.
template <class Message, class Change>
std::string changed(const std::string& bytes, Change change) {
  Message message;
  BOOST_REQUIRE(message.ParseFromString(bytes));
  change(message);
  return message.SerializeAsString();
}

} // namespace

BOOST_AUTO_TEST_SUITE(records)

BOOST_AUTO_TEST_CASE(of_versions_come_back) {
  const auto want = a_version();

  const auto got = must(decode_version(encode(want)));

  BOOST_CHECK(got.model == want.model);
  BOOST_TEST(to_string(got.version) == "1.2.3-rc.1+build");
  BOOST_CHECK(got.artifact == want.artifact);
  BOOST_CHECK(got.format == want.format);
  BOOST_CHECK(got.state == want.state);
  BOOST_TEST(got.storage_uri == want.storage_uri);
  BOOST_TEST(got.size_bytes == want.size_bytes);
  BOOST_CHECK(got.labels == want.labels);
  BOOST_TEST(got.subject == want.subject);
  BOOST_TEST(got.trace_id == want.trace_id);
  BOOST_TEST(got.registered_at == want.registered_at);
}

BOOST_AUTO_TEST_CASE(of_variants_come_back) {
  const auto want = a_variant();

  const auto got = must(decode_variant(encode(want)));

  // What is encoded again alike has come back in full.
  BOOST_CHECK(encode(got) == encode(want));
  BOOST_CHECK(got.recipe_digest == want.recipe_digest);
  BOOST_CHECK(got.state == variant_state::verified);
  BOOST_CHECK(got.checked.verdict == verdict::verified);
  BOOST_TEST(got.checked.reasons == want.checked.reasons,
             boost::test_tools::per_element());
  BOOST_TEST(got.checked.exact.value().min_sqnr_db == 31.5);
  BOOST_TEST(got.checked.exact.value().worst == "output \"y\"");
  BOOST_TEST(got.checked.deployed.value().min_sqnr_db == infinite);
  BOOST_TEST(!got.checked.float_deployed.has_value());
  BOOST_TEST(got.checked.layers.value().worst == "layer.3");
  BOOST_TEST(got.tensors_quantized == 30u);
  BOOST_TEST(got.changed_at == 6);
}

BOOST_AUTO_TEST_CASE(of_variants_not_yet_written_have_no_artifact) {
  auto record = a_variant();
  record.artifact = {};

  BOOST_TEST(!must(decode_variant(encode(record))).artifact.is_set());
}

BOOST_AUTO_TEST_CASE(of_aliases_come_back) {
  const auto want = an_alias();

  const auto got = must(decode_alias(encode(want)));

  BOOST_CHECK(encode(got) == encode(want));
  BOOST_TEST(got.alias == "production");
  BOOST_TEST(got.weight == 90u);
  BOOST_TEST(got.reason == "gate met");
}

BOOST_AUTO_TEST_CASE(of_jobs_come_back) {
  const auto want = a_job();

  const auto got = must(decode_job(encode(want)));

  BOOST_CHECK(encode(got) == encode(want));
  BOOST_CHECK(got.state == job_state::interrupted);
  BOOST_TEST(got.pid == 1234);
}

BOOST_AUTO_TEST_CASE(of_events_come_back) {
  const auto want = an_event();

  const auto got = must(decode_event(encode(want)));

  BOOST_CHECK(encode(got) == encode(want));
  BOOST_CHECK(got.kind == event_kind::alias_moved);
  BOOST_TEST(got.what == want.what);
}

BOOST_AUTO_TEST_CASE(of_jobs_and_events_may_name_no_model) {
  auto job = a_job();
  job.model = {};
  auto event = an_event();
  event.model = {};

  BOOST_TEST(code(decode_job(encode(job))) == ec::none);
  BOOST_TEST(code(decode_event(encode(event))) == ec::none);
}

BOOST_AUTO_TEST_CASE(hold_every_state_there_is) {
  auto version = a_version();
  for (auto state = 0; state <= static_cast<int>(version_state::retired);
       ++state) {
    version.state = static_cast<version_state>(state);
    BOOST_CHECK(must(decode_version(encode(version))).state == version.state);
  }
  auto variant = a_variant();
  for (auto state = 0; state <= static_cast<int>(variant_state::failed);
       ++state) {
    variant.state = static_cast<variant_state>(state);
    BOOST_CHECK(must(decode_variant(encode(variant))).state == variant.state);
  }
  auto job = a_job();
  for (auto state = 0; state <= static_cast<int>(job_state::parked); ++state) {
    job.state = static_cast<job_state>(state);
    BOOST_CHECK(must(decode_job(encode(job))).state == job.state);
  }
}

BOOST_AUTO_TEST_CASE(with_text_that_is_not_utf8_can_be_read_back) {
  auto record = a_version();
  record.storage_uri = "file:///\xff\n";

  BOOST_TEST(must(decode_version(encode(record))).storage_uri
             == "file:///\\xff\\x0a");
}

BOOST_AUTO_TEST_CASE(shorten_long_texts_between_two_characters) {
  for (const std::string before : {"", "x", "xx", "xxx"}) {
    auto record = a_job();
    record.reason = before;
    while (record.reason.size() < (size_t{2} << 20))
      record.reason += "😀";

    const auto got = must(decode_job(encode(record))).reason;

    BOOST_TEST(got.size() < 20'000u);
    BOOST_TEST(got.starts_with(before + "😀"));
    BOOST_TEST(got.ends_with("😀…"));
  }
}

BOOST_AUTO_TEST_CASE(keep_the_uri_of_the_longest_path) {
  auto record = a_version();
  record.storage_uri = "file://" + std::string(4095, '/');

  BOOST_TEST(must(decode_version(encode(record))).storage_uri
             == record.storage_uri);
}

BOOST_AUTO_TEST_CASE(fit_into_a_value_whatever_they_quote) {
  const std::string hostile(size_t{2} << 20, '\xff');
  auto record = a_variant();
  record.reason = record.recipe = record.job = record.subject = hostile;
  record.checked.reasons.assign(100, hostile);
  const output_figures figures{1, 1, 1, hostile};
  record.checked.exact = record.checked.deployed = figures;
  record.checked.float_deployed = record.checked.layers = figures;
  record.checked.inputs = record.checked.executor = hostile;
  record.checked.precision = record.checked.cpu = hostile;
  record.trace_id = hostile;

  const auto bytes = encode(record);

  BOOST_TEST(bytes.size() < size_t{1} << 20);
  BOOST_TEST(must(decode_variant(bytes)).checked.reasons.back()
             == "… and 85 more");
  BOOST_CHECK(encode(must(decode_variant(bytes))) == bytes);
}

BOOST_AUTO_TEST_CASE(that_are_equal_have_equal_bytes) {
  auto other = a_version();
  other.labels = {{"a", "b"}, {"team", "search"}};

  BOOST_CHECK(encode(a_version()) == encode(other));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(decoding)

BOOST_AUTO_TEST_CASE(refuses_what_is_no_record) {
  for (const std::string bytes : {"", "\xff\xff\xff", "weights"}) {
    BOOST_TEST(code(decode_version(bytes)) == ec::data_loss);
    BOOST_TEST(code(decode_variant(bytes)) == ec::data_loss);
    BOOST_TEST(code(decode_alias(bytes)) == ec::data_loss);
    BOOST_TEST(code(decode_job(bytes)) == ec::data_loss);
    BOOST_TEST(code(decode_event(bytes)) == ec::data_loss);
  }
}

BOOST_AUTO_TEST_CASE(refuses_a_state_of_a_newer_build) {
  const auto bytes =
    changed<v1::VersionRecord>(encode(a_version()), [](auto& message) {
      message.set_state(static_cast<v1::VersionState>(99));
    });

  const auto result = decode_version(bytes);

  BOOST_TEST(code(result) == ec::unsupported);
  BOOST_TEST(text(result)
             == "record: version state 99 was written by a newer build");
}

BOOST_AUTO_TEST_CASE(refuses_a_format_of_a_newer_build) {
  const auto bytes =
    changed<v1::VersionRecord>(encode(a_version()), [](auto& message) {
      message.set_format(static_cast<v1::ModelFormat>(99));
    });

  BOOST_TEST(code(decode_version(bytes)) == ec::unsupported);
}

BOOST_AUTO_TEST_CASE(refuses_a_missing_state) {
  const auto bytes = changed<v1::VariantRecord>(
    encode(a_variant()), [](auto& message) { message.clear_state(); });

  BOOST_TEST(code(decode_variant(bytes)) == ec::data_loss);
}

BOOST_AUTO_TEST_CASE(refuses_a_digest_of_another_length) {
  const auto bytes = changed<v1::AliasRecord>(
    encode(an_alias()), [](auto& message) { message.set_artifact("short"); });

  const auto result = decode_alias(bytes);

  BOOST_TEST(code(result) == ec::data_loss);
  BOOST_TEST(text(result) == "record: digest \"artifact\" has 5 bytes, not 32");
}

BOOST_AUTO_TEST_CASE(refuses_a_missing_digest) {
  const auto bytes = changed<v1::VariantRecord>(
    encode(a_variant()), [](auto& message) { message.clear_recipe_digest(); });

  BOOST_TEST(code(decode_variant(bytes)) == ec::data_loss);
}

BOOST_AUTO_TEST_CASE(takes_a_version_that_nobody_has_read_yet) {
  auto version = a_version();
  version.artifact = {};

  BOOST_TEST(!must(decode_version(encode(version))).artifact.is_set());
}

BOOST_AUTO_TEST_CASE(refuses_bad_names_and_versions) {
  const auto name =
    changed<v1::VersionRecord>(encode(a_version()), [](auto& message) {
      message.mutable_model()->set_model("../x");
    });
  const auto version = changed<v1::VersionRecord>(
    encode(a_version()), [](auto& message) { message.set_version("1.0"); });

  BOOST_TEST(code(decode_version(name)) == ec::data_loss);
  BOOST_TEST(code(decode_version(version)) == ec::data_loss);
}

BOOST_AUTO_TEST_CASE(refuses_a_weight_above_100_percent) {
  const auto bytes = changed<v1::AliasRecord>(
    encode(an_alias()), [](auto& message) { message.set_weight(101); });

  BOOST_TEST(code(decode_alias(bytes)) == ec::data_loss);
}

BOOST_AUTO_TEST_CASE(refuses_or_reads_every_cut_record_without_harm) {
  const auto bytes = encode(a_variant());
  for (size_t size = 0; size < bytes.size(); ++size) {
    const auto result = decode_variant(bytes.substr(0, size));
    BOOST_TEST((result || result.error().code == ec::data_loss));
  }
}

BOOST_AUTO_TEST_CASE(passes_over_fields_of_a_newer_build) {
  // Field 1000, a varint.
  const auto bytes = encode(an_event()) + std::string("\xc0\x3e\x01", 3);

  BOOST_TEST(code(decode_event(bytes)) == ec::none);
}

BOOST_AUTO_TEST_SUITE_END()

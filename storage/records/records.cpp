#include "storage/records/records.hpp"

#include "storage/records/stored_text.hpp"

#include "trivium/v1/records.pb.h"

#include <algorithm>
#include <limits>
#include <optional>

namespace trivium::storage {

namespace {

constexpr size_t max_reasons = 16;

// --- one field ---------------------------------------------------------------

/// Our enums count from 0; on disk 0 means "missing", so all are one higher.
template <class Stored, class Value>
Stored stored(Value value) {
  return static_cast<Stored>(static_cast<int>(value) + 1);
}

template <class Value>
expected<void> read_enum(std::string_view name, int number, Value last,
                         Value& out) {
  if (number <= 0)
    return fail(ec::data_loss,
                "record: field \"" + std::string{name} + "\" is missing");
  if (number > static_cast<int>(last) + 1)
    return fail(ec::unsupported, "record: " + std::string{name} + " "
                                   + std::to_string(number)
                                   + " was written by a newer build");
  out = static_cast<Value>(number - 1);
  return {};
}

std::string stored(const digest& d) {
  if (!d.is_set())
    return {};
  return {reinterpret_cast<const char*>(d.bytes().data()), digest::size_bytes};
}

expected<void> read_digest(std::string_view name, const std::string& bytes,
                           digest& out) {
  if (bytes.empty())
    return {};
  if (bytes.size() != digest::size_bytes)
    return fail(ec::data_loss, "record: digest \"" + std::string{name}
                                 + "\" has " + std::to_string(bytes.size())
                                 + " bytes, not 32");
  std::array<uint8_t, digest::size_bytes> raw{};
  std::copy(bytes.begin(), bytes.end(), raw.begin());
  out = digest{raw};
  return {};
}

expected<void> read_required_digest(std::string_view name,
                                    const std::string& bytes, digest& out) {
  if (bytes.empty())
    return fail(ec::data_loss,
                "record: digest \"" + std::string{name} + "\" is missing");
  return read_digest(name, bytes, out);
}

expected<void> read_version(const std::string& text, semver& out) {
  auto version = semver::parse(text);
  if (!version)
    return fail(ec::data_loss, "record: " + version.error().text);
  out = *std::move(version);
  return {};
}

void write_model(const model_ref& model, v1::ModelRef& out) {
  out.set_namespace_(stored_text(model.name_space));
  out.set_model(stored_text(model.model));
}

expected<void> read_model(const v1::ModelRef& stored, model_ref& out) {
  for (const auto* name : {&stored.namespace_(), &stored.model()})
    if (auto checked = check_name("record: name", *name); !checked)
      return fail(ec::data_loss, checked.error().text);
  out = {stored.namespace_(), stored.model()};
  return {};
}

/// Jobs and events may be about no model.
template <class Message>
void write_optional_model(const model_ref& model, Message& out) {
  if (!model.model.empty())
    write_model(model, *out.mutable_model());
}

template <class Message>
expected<void> read_optional_model(const Message& stored, model_ref& out) {
  return stored.has_model() ? read_model(stored.model(), out)
                            : expected<void>{};
}

// --- figures -----------------------------------------------------------------

void write_figures(const output_figures& figures, v1::OutputFigures& out) {
  out.set_min_sqnr_db(figures.min_sqnr_db);
  out.set_min_cosine(figures.min_cosine);
  out.set_max_error(figures.max_error);
  out.set_worst(stored_text(figures.worst));
}

output_figures read_figures(const v1::OutputFigures& stored) {
  return {stored.min_sqnr_db(), stored.min_cosine(), stored.max_error(),
          stored.worst()};
}

void write_reasons(const std::vector<std::string>& reasons,
                   v1::Verification& out) {
  const auto is_cut = reasons.size() > max_reasons;
  const auto kept = is_cut ? max_reasons - 1 : reasons.size();
  for (size_t i = 0; i < kept; ++i)
    out.add_reasons(stored_text(reasons[i]));
  if (is_cut)
    out.add_reasons("… and " + std::to_string(reasons.size() - kept) + " more");
}

void write_verification(const verification& checked, v1::Verification& out) {
  out.set_verdict(stored<v1::Verdict>(checked.verdict));
  out.set_gate_met(checked.gate_met);
  write_reasons(checked.reasons, out);
  if (checked.exact)
    write_figures(*checked.exact, *out.mutable_exact());
  if (checked.deployed)
    write_figures(*checked.deployed, *out.mutable_deployed());
  if (checked.float_deployed)
    write_figures(*checked.float_deployed, *out.mutable_float_deployed());
  if (checked.layers)
    write_figures(*checked.layers, *out.mutable_layers());
  out.set_cases(checked.cases);
  out.set_inputs(stored_text(checked.inputs));
  out.set_executor(stored_text(checked.executor));
  out.set_precision(stored_text(checked.precision));
  out.set_cpu(stored_text(checked.cpu));
  out.set_latency_before_ms(checked.latency_before_ms);
  out.set_latency_after_ms(checked.latency_after_ms);
}

expected<void> read_verification(const v1::Verification& stored,
                                 verification& out) {
  TRIVIUM_CHECK(
    read_enum("verdict", stored.verdict(), verdict::verified, out.verdict));
  out.gate_met = stored.gate_met();
  out.reasons = {stored.reasons().begin(), stored.reasons().end()};
  if (stored.has_exact())
    out.exact = read_figures(stored.exact());
  if (stored.has_deployed())
    out.deployed = read_figures(stored.deployed());
  if (stored.has_float_deployed())
    out.float_deployed = read_figures(stored.float_deployed());
  if (stored.has_layers())
    out.layers = read_figures(stored.layers());
  out.cases = stored.cases();
  out.inputs = stored.inputs();
  out.executor = stored.executor();
  out.precision = stored.precision();
  out.cpu = stored.cpu();
  out.latency_before_ms = stored.latency_before_ms();
  out.latency_after_ms = stored.latency_after_ms();
  return {};
}

// --- a whole message ---------------------------------------------------------

/// Map entries in the order of their keys: equal records, equal bytes.
std::string serialized(const google::protobuf::Message& message) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream{&bytes};
  google::protobuf::io::CodedOutputStream out{&stream};
  out.SetSerializationDeterministic(true);
  message.SerializeToCodedStream(&out);
  out.Trim();
  return bytes;
}

template <class Message>
expected<Message> parsed(std::string_view bytes) {
  Message message;
  if (bytes.size() > std::numeric_limits<int>::max()
      || !message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    return fail(ec::data_loss, "record: " + std::to_string(bytes.size())
                                 + " bytes are no " + Message{}.GetTypeName());
  return message;
}

} // namespace

std::string encode(const version_record& record) {
  v1::VersionRecord out;
  write_model(record.model, *out.mutable_model());
  out.set_version(to_string(record.version));
  out.set_artifact(stored(record.artifact));
  // unknown, the first of ours, is what "unspecified" says already.
  out.set_format(static_cast<v1::ModelFormat>(record.format));
  out.set_state(stored<v1::VersionState>(record.state));
  out.set_storage_uri(stored_text(record.storage_uri));
  out.set_size_bytes(record.size_bytes);
  for (const auto& [key, value] : record.labels)
    (*out.mutable_labels())[stored_text(key)] = stored_text(value);
  out.set_subject(stored_text(record.subject));
  out.set_trace_id(stored_text(record.trace_id));
  out.set_registered_at(record.registered_at);
  return serialized(out);
}

expected<version_record> decode_version(std::string_view bytes) {
  TRIVIUM_TRY(const auto stored, parsed<v1::VersionRecord>(bytes));
  version_record record;
  TRIVIUM_CHECK(read_model(stored.model(), record.model));
  TRIVIUM_CHECK(read_version(stored.version(), record.version));
  TRIVIUM_CHECK(
    read_required_digest("artifact", stored.artifact(), record.artifact));
  if (stored.format() > static_cast<int>(model_format::gguf)
      || stored.format() < 0)
    return fail(ec::unsupported, "record: format "
                                   + std::to_string(stored.format())
                                   + " was written by a newer build");
  record.format = static_cast<model_format>(stored.format());
  TRIVIUM_CHECK(read_enum("version state", stored.state(),
                          version_state::retired, record.state));
  record.storage_uri = stored.storage_uri();
  record.size_bytes = stored.size_bytes();
  record.labels = {stored.labels().begin(), stored.labels().end()};
  record.subject = stored.subject();
  record.trace_id = stored.trace_id();
  record.registered_at = stored.registered_at();
  return record;
}

std::string encode(const variant_record& record) {
  v1::VariantRecord out;
  write_model(record.model, *out.mutable_model());
  out.set_version(to_string(record.version));
  out.set_recipe(stored_text(record.recipe));
  out.set_recipe_digest(stored(record.recipe_digest));
  out.set_source(stored(record.source));
  out.set_artifact(stored(record.artifact));
  out.set_state(stored<v1::VariantState>(record.state));
  out.set_reason(stored_text(record.reason));
  write_verification(record.checked, *out.mutable_checked());
  out.set_bytes_before(record.bytes_before);
  out.set_bytes_after(record.bytes_after);
  out.set_tensors(record.tensors);
  out.set_tensors_quantized(record.tensors_quantized);
  out.set_job(stored_text(record.job));
  out.set_subject(stored_text(record.subject));
  out.set_trace_id(stored_text(record.trace_id));
  out.set_started_at(record.started_at);
  out.set_changed_at(record.changed_at);
  return serialized(out);
}

expected<variant_record> decode_variant(std::string_view bytes) {
  TRIVIUM_TRY(const auto stored, parsed<v1::VariantRecord>(bytes));
  variant_record record;
  TRIVIUM_CHECK(read_model(stored.model(), record.model));
  TRIVIUM_CHECK(read_version(stored.version(), record.version));
  record.recipe = stored.recipe();
  TRIVIUM_CHECK(read_required_digest("recipe", stored.recipe_digest(),
                                     record.recipe_digest));
  TRIVIUM_CHECK(read_digest("source", stored.source(), record.source));
  TRIVIUM_CHECK(read_digest("artifact", stored.artifact(), record.artifact));
  TRIVIUM_CHECK(read_enum("variant state", stored.state(),
                          variant_state::failed, record.state));
  record.reason = stored.reason();
  TRIVIUM_CHECK(read_verification(stored.checked(), record.checked));
  record.bytes_before = stored.bytes_before();
  record.bytes_after = stored.bytes_after();
  record.tensors = stored.tensors();
  record.tensors_quantized = stored.tensors_quantized();
  record.job = stored.job();
  record.subject = stored.subject();
  record.trace_id = stored.trace_id();
  record.started_at = stored.started_at();
  record.changed_at = stored.changed_at();
  return record;
}

std::string encode(const alias_record& record) {
  v1::AliasRecord out;
  write_model(record.model, *out.mutable_model());
  out.set_alias(stored_text(record.alias));
  out.set_version(to_string(record.version));
  out.set_recipe_digest(stored(record.recipe_digest));
  out.set_artifact(stored(record.artifact));
  out.set_weight(record.weight);
  out.set_subject(stored_text(record.subject));
  out.set_reason(stored_text(record.reason));
  out.set_trace_id(stored_text(record.trace_id));
  out.set_moved_at(record.moved_at);
  return serialized(out);
}

expected<alias_record> decode_alias(std::string_view bytes) {
  TRIVIUM_TRY(const auto stored, parsed<v1::AliasRecord>(bytes));
  alias_record record;
  TRIVIUM_CHECK(read_model(stored.model(), record.model));
  record.alias = stored.alias();
  TRIVIUM_CHECK(read_version(stored.version(), record.version));
  TRIVIUM_CHECK(
    read_digest("recipe", stored.recipe_digest(), record.recipe_digest));
  TRIVIUM_CHECK(
    read_required_digest("artifact", stored.artifact(), record.artifact));
  if (stored.weight() > 100)
    return fail(ec::data_loss, "record: alias weight "
                                 + std::to_string(stored.weight())
                                 + " is more than 100 percent");
  record.weight = stored.weight();
  record.subject = stored.subject();
  record.reason = stored.reason();
  record.trace_id = stored.trace_id();
  record.moved_at = stored.moved_at();
  return record;
}

std::string encode(const job_record& record) {
  v1::JobRecord out;
  out.set_id(stored_text(record.id));
  out.set_kind(stored_text(record.kind));
  write_optional_model(record.model, out);
  out.set_version(to_string(record.version));
  out.set_recipe(stored_text(record.recipe));
  out.set_state(stored<v1::JobState>(record.state));
  out.set_reason(stored_text(record.reason));
  out.set_subject(stored_text(record.subject));
  out.set_trace_id(stored_text(record.trace_id));
  out.set_pid(record.pid);
  out.set_started_at(record.started_at);
  out.set_ended_at(record.ended_at);
  out.set_request(record.request);
  return serialized(out);
}

expected<job_record> decode_job(std::string_view bytes) {
  TRIVIUM_TRY(const auto stored, parsed<v1::JobRecord>(bytes));
  job_record record;
  record.id = stored.id();
  record.kind = stored.kind();
  TRIVIUM_CHECK(read_optional_model(stored, record.model));
  TRIVIUM_CHECK(read_version(stored.version(), record.version));
  record.recipe = stored.recipe();
  TRIVIUM_CHECK(
    read_enum("job state", stored.state(), job_state::parked, record.state));
  record.reason = stored.reason();
  record.subject = stored.subject();
  record.trace_id = stored.trace_id();
  record.pid = stored.pid();
  record.started_at = stored.started_at();
  record.ended_at = stored.ended_at();
  record.request = stored.request();
  return record;
}

std::string encode(const event_record& record) {
  v1::EventRecord out;
  out.set_kind(stored<v1::EventKind>(record.kind));
  write_optional_model(record.model, out);
  out.set_version(stored_text(record.version));
  out.set_what(stored_text(record.what));
  out.set_subject(stored_text(record.subject));
  out.set_trace_id(stored_text(record.trace_id));
  out.set_at(record.at);
  return serialized(out);
}

expected<event_record> decode_event(std::string_view bytes) {
  TRIVIUM_TRY(const auto stored, parsed<v1::EventRecord>(bytes));
  event_record record;
  TRIVIUM_CHECK(
    read_enum("event kind", stored.kind(), event_kind::job_ended, record.kind));
  TRIVIUM_CHECK(read_optional_model(stored, record.model));
  record.version = stored.version();
  record.what = stored.what();
  record.subject = stored.subject();
  record.trace_id = stored.trace_id();
  record.at = stored.at();
  return record;
}

} // namespace trivium::storage

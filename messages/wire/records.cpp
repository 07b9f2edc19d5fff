#include "messages/wire/records.hpp"

#include "messages/wire/fields.hpp"
#include "messages/wire/figures.hpp"
#include "messages/wire/wire_text.hpp"

namespace trivium {

v1::RegistrationRecord to_wire(const registration_record& record) {
  v1::RegistrationRecord out;
  *out.mutable_model() = to_wire(record.model);
  out.set_version(to_string(record.version));
  out.set_newest(to_string(record.newest));
  out.set_storage_uri(wire_text(record.storage_uri));
  out.set_ttl_seconds(record.ttl_seconds);
  for (const auto& seen : record.seen) {
    auto& request = *out.add_seen();
    request.set_key(wire_text(seen.key));
    request.set_fingerprint(seen.fingerprint);
    request.set_at(seen.at);
    request.set_version(to_string(seen.version));
  }
  out.set_subject(wire_text(record.subject));
  out.set_trace_id(wire_text(record.trace_id));
  out.set_registered_at(record.registered_at);
  out.set_changed_at(record.changed_at);
  return out;
}

expected<registration_record> from_wire(const v1::RegistrationRecord& wire) {
  registration_record record;
  TRIVIUM_TRY(record.model, of_record.model(wire.model()));
  TRIVIUM_TRY(record.version, of_record.version(wire.version()));
  TRIVIUM_TRY(record.newest, of_record.version(wire.newest()));
  record.storage_uri = wire.storage_uri();
  if (wire.ttl_seconds() < 0)
    return of_record.refuse("time to live is negative");
  record.ttl_seconds = wire.ttl_seconds();
  for (const auto& seen : wire.seen()) {
    registration_record::seen_request request{
      seen.key(), seen.fingerprint(), seen.at(), {}};
    TRIVIUM_TRY(request.version, of_record.version(seen.version()));
    record.seen.push_back(std::move(request));
  }
  record.subject = wire.subject();
  record.trace_id = wire.trace_id();
  record.registered_at = wire.registered_at();
  record.changed_at = wire.changed_at();
  return record;
}

v1::VersionRecord to_wire(const version_record& record) {
  v1::VersionRecord out;
  *out.mutable_model() = to_wire(record.model);
  out.set_version(to_string(record.version));
  out.set_artifact(wire_bytes(record.artifact));
  out.set_format(wire_format(record.format));
  out.set_state(wire_enum<v1::VersionState>(record.state));
  out.set_storage_uri(wire_text(record.storage_uri));
  out.set_size_bytes(record.size_bytes);
  for (const auto& [key, value] : record.labels)
    (*out.mutable_labels())[wire_text(key)] = wire_text(value);
  out.set_subject(wire_text(record.subject));
  out.set_trace_id(wire_text(record.trace_id));
  out.set_registered_at(record.registered_at);
  return out;
}

expected<version_record> from_wire(const v1::VersionRecord& wire) {
  version_record record;
  TRIVIUM_TRY(record.model, of_record.model(wire.model()));
  TRIVIUM_TRY(record.version, of_record.version(wire.version()));
  TRIVIUM_TRY(record.artifact,
              of_record.optional_digest("artifact", wire.artifact()));
  TRIVIUM_TRY(record.format, of_record.plain_enumeration(
                               "format", wire.format(), model_format::gguf));
  TRIVIUM_TRY(record.state, of_record.enumeration("version state", wire.state(),
                                                  version_state::retired));
  record.storage_uri = wire.storage_uri();
  record.size_bytes = wire.size_bytes();
  record.labels = {wire.labels().begin(), wire.labels().end()};
  record.subject = wire.subject();
  record.trace_id = wire.trace_id();
  record.registered_at = wire.registered_at();
  return record;
}

v1::VariantRecord to_wire(const variant_record& record) {
  v1::VariantRecord out;
  *out.mutable_model() = to_wire(record.model);
  out.set_version(to_string(record.version));
  out.set_recipe(wire_text(record.recipe));
  out.set_recipe_digest(wire_bytes(record.recipe_digest));
  out.set_source(wire_bytes(record.source));
  out.set_artifact(wire_bytes(record.artifact));
  out.set_state(wire_enum<v1::VariantState>(record.state));
  out.set_reason(wire_text(record.reason));
  *out.mutable_checked() = to_wire(record.checked);
  out.set_bytes_before(record.bytes_before);
  out.set_bytes_after(record.bytes_after);
  out.set_tensors(record.tensors);
  out.set_tensors_quantized(record.tensors_quantized);
  out.set_job(wire_text(record.job));
  out.set_subject(wire_text(record.subject));
  out.set_trace_id(wire_text(record.trace_id));
  out.set_started_at(record.started_at);
  out.set_changed_at(record.changed_at);
  return out;
}

expected<variant_record> from_wire(const v1::VariantRecord& wire) {
  variant_record record;
  TRIVIUM_TRY(record.model, of_record.model(wire.model()));
  TRIVIUM_TRY(record.version, of_record.version(wire.version()));
  record.recipe = wire.recipe();
  TRIVIUM_TRY(record.recipe_digest,
              of_record.required_digest("recipe", wire.recipe_digest()));
  TRIVIUM_TRY(record.source,
              of_record.optional_digest("source", wire.source()));
  TRIVIUM_TRY(record.artifact,
              of_record.optional_digest("artifact", wire.artifact()));
  TRIVIUM_TRY(record.state, of_record.enumeration("variant state", wire.state(),
                                                  variant_state::failed));
  record.reason = wire.reason();
  TRIVIUM_TRY(record.checked, from_wire(wire.checked()));
  record.bytes_before = wire.bytes_before();
  record.bytes_after = wire.bytes_after();
  record.tensors = wire.tensors();
  record.tensors_quantized = wire.tensors_quantized();
  record.job = wire.job();
  record.subject = wire.subject();
  record.trace_id = wire.trace_id();
  record.started_at = wire.started_at();
  record.changed_at = wire.changed_at();
  return record;
}

v1::AliasRecord to_wire(const alias_record& record) {
  v1::AliasRecord out;
  *out.mutable_model() = to_wire(record.model);
  out.set_alias(wire_text(record.alias));
  out.set_version(to_string(record.version));
  out.set_recipe_digest(wire_bytes(record.recipe_digest));
  out.set_artifact(wire_bytes(record.artifact));
  out.set_weight(record.weight);
  out.set_subject(wire_text(record.subject));
  out.set_reason(wire_text(record.reason));
  out.set_trace_id(wire_text(record.trace_id));
  out.set_moved_at(record.moved_at);
  return out;
}

expected<alias_record> from_wire(const v1::AliasRecord& wire) {
  alias_record record;
  TRIVIUM_TRY(record.model, of_record.model(wire.model()));
  record.alias = wire.alias();
  TRIVIUM_TRY(record.version, of_record.version(wire.version()));
  TRIVIUM_TRY(record.recipe_digest,
              of_record.optional_digest("recipe", wire.recipe_digest()));
  TRIVIUM_TRY(record.artifact,
              of_record.optional_digest("artifact", wire.artifact()));
  if (wire.weight() > 100)
    return of_record.refuse("alias weight " + std::to_string(wire.weight())
                            + " is more than 100 percent");
  record.weight = wire.weight();
  record.subject = wire.subject();
  record.reason = wire.reason();
  record.trace_id = wire.trace_id();
  record.moved_at = wire.moved_at();
  return record;
}

v1::JobRecord to_wire(const job_record& record) {
  v1::JobRecord out;
  out.set_id(wire_text(record.id));
  out.set_kind(wire_text(record.kind));
  write_optional_model(record.model, out);
  out.set_version(to_string(record.version));
  out.set_recipe(wire_text(record.recipe));
  out.set_state(wire_enum<v1::JobState>(record.state));
  out.set_reason(wire_text(record.reason));
  out.set_subject(wire_text(record.subject));
  out.set_trace_id(wire_text(record.trace_id));
  out.set_pid(record.pid);
  out.set_started_at(record.started_at);
  out.set_ended_at(record.ended_at);
  out.set_request(record.request);
  return out;
}

expected<job_record> from_wire(const v1::JobRecord& wire) {
  job_record record;
  record.id = wire.id();
  record.kind = wire.kind();
  TRIVIUM_TRY(record.model, of_record.optional_model(wire));
  TRIVIUM_TRY(record.version, of_record.version(wire.version()));
  record.recipe = wire.recipe();
  TRIVIUM_TRY(record.state, of_record.enumeration("job state", wire.state(),
                                                  job_state::parked));
  record.reason = wire.reason();
  record.subject = wire.subject();
  record.trace_id = wire.trace_id();
  record.pid = wire.pid();
  record.started_at = wire.started_at();
  record.ended_at = wire.ended_at();
  record.request = wire.request();
  return record;
}

v1::EventRecord to_wire(const event_record& record) {
  v1::EventRecord out;
  out.set_kind(wire_enum<v1::EventKind>(record.kind));
  write_optional_model(record.model, out);
  out.set_version(wire_text(record.version));
  out.set_what(wire_text(record.what));
  out.set_subject(wire_text(record.subject));
  out.set_trace_id(wire_text(record.trace_id));
  out.set_at(record.at);
  for (const auto& other : record.also)
    *out.add_also() = to_wire(other);
  return out;
}

expected<event_record> from_wire(const v1::EventRecord& wire) {
  event_record record;
  TRIVIUM_TRY(record.kind, of_record.enumeration("event kind", wire.kind(),
                                                 event_kind::artifact_refused));
  TRIVIUM_TRY(record.model, of_record.optional_model(wire));
  record.version = wire.version();
  record.what = wire.what();
  record.subject = wire.subject();
  record.trace_id = wire.trace_id();
  record.at = wire.at();
  for (const auto& also : wire.also()) {
    if (also.also_size() > 0)
      return of_record.refuse("an event beside another has events beside it");
    TRIVIUM_TRY(auto other, from_wire(also));
    record.also.push_back(std::move(other));
  }
  return record;
}

} // namespace trivium

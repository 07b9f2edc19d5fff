#include "messages/wire/registrations.hpp"

#include "messages/wire/fields.hpp"
#include "messages/wire/repeated.hpp"
#include "messages/wire/wire_text.hpp"

namespace trivium {

namespace {

/// Unset when empty, else 64 hex digits.
expected<digest> hex_digest(std::string_view field, const std::string& text) {
  if (text.empty())
    return digest{};
  auto read = digest::parse(text);
  if (!read)
    return of_answer.refuse("field \"" + std::string{field}
                            + "\": " + read.error().text);
  return std::move(*read);
}

template <class Message>
expected<model_ref> model_of(const Message& wire) {
  v1::ModelRef named;
  named.set_namespace_(wire.namespace_());
  named.set_model(wire.model_id());
  return of_answer.model(named);
}

template <class Message>
void write_model(const model_ref& model, Message& out) {
  out.set_namespace_(wire_text(model.name_space));
  out.set_model_id(wire_text(model.model));
}

expected<consistency> consistency_of(v1::Consistency level) {
  return of_answer.enumeration("consistency", level, consistency::cached);
}

expected<alias_record> record_of(const v1::Alias& wire) {
  alias_record record;
  TRIVIUM_TRY(record.model, model_of(wire));
  TRIVIUM_TRY(record.alias, of_answer.name("alias", wire.alias()));
  TRIVIUM_TRY(record.version, of_answer.version(wire.version()));
  TRIVIUM_TRY(record.recipe_digest,
              hex_digest("recipe_digest", wire.recipe_digest()));
  TRIVIUM_TRY(record.artifact,
              hex_digest("artifact_sha256", wire.artifact_sha256()));
  record.weight = wire.weight();
  record.subject = wire.subject();
  record.reason = wire.reason();
  record.moved_at = wire.moved_at();
  return record;
}

} // namespace

// --- requests ----------------------------------------------------------------

v1::ModelRegistrationRequest to_wire(const register_model& wanted) {
  v1::ModelRegistrationRequest out;
  write_model(wanted.model, out);
  out.set_version(to_string(wanted.version));
  out.set_storage_uri(wire_text(wanted.storage_uri));
  out.set_ttl_seconds(wanted.ttl_seconds);
  for (const auto& [name, value] : wanted.labels)
    (*out.mutable_labels())[wire_text(name)] = wire_text(value);
  out.set_idempotency_key(wire_text(wanted.idempotency_key));
  out.set_lease_id(wanted.lease);
  return out;
}

v1::GetModelVersionRequest to_wire(const version_query& wanted) {
  v1::GetModelVersionRequest out;
  write_model(wanted.model, out);
  if (!wanted.alias.empty())
    out.set_alias(wire_text(wanted.alias));
  else if (!wanted.version.empty())
    out.set_version(wire_text(wanted.version));
  if (wanted.at_time)
    out.set_at_time(*wanted.at_time);
  else if (wanted.at != 0)
    out.set_at_revision(wanted.at);
  out.set_consistency(wire_enum<v1::Consistency>(wanted.wanted));
  return out;
}

v1::ListRegistrationsRequest to_wire(const registration_query& wanted) {
  v1::ListRegistrationsRequest out;
  out.set_namespace_(wire_text(wanted.name_space));
  out.set_filter(wire_text(wanted.filter));
  out.set_page_size(wanted.page_size);
  out.set_page_token(wire_text(wanted.page_token));
  out.set_at_revision(wanted.at);
  return out;
}

v1::DeleteRequest to_wire(const delete_model& wanted) {
  v1::DeleteRequest out;
  write_model(wanted.model, out);
  if (wanted.version)
    out.set_version(to_string(*wanted.version));
  out.set_reason(wire_text(wanted.reason));
  return out;
}

v1::SetAliasRequest to_wire(const alias_setting& wanted) {
  v1::SetAliasRequest out;
  write_model(wanted.alias.model, out);
  out.set_alias(wire_text(wanted.alias.alias));
  out.set_version(wire_text(wanted.version));
  out.set_recipe(wire_text(wanted.recipe));
  out.set_weight(wanted.weight);
  out.set_reason(wire_text(wanted.reason));
  if (wanted.expected_at)
    out.set_expected_revision(*wanted.expected_at);
  return out;
}

v1::DeleteAliasRequest to_wire(const delete_alias& wanted) {
  v1::DeleteAliasRequest out;
  write_model(wanted.alias.model, out);
  out.set_alias(wire_text(wanted.alias.alias));
  out.set_reason(wire_text(wanted.reason));
  if (wanted.expected_at)
    out.set_expected_revision(*wanted.expected_at);
  return out;
}

v1::EventFilter to_wire(const event_query& wanted) {
  v1::EventFilter out;
  out.set_from_revision(wanted.from);
  out.set_model(wire_text(wanted.model));
  out.set_prefix(wire_text(wanted.prefix));
  for (const auto kind : wanted.kinds)
    out.add_kinds(wire_enum<v1::EventKind>(kind));
  return out;
}

// --- answers -----------------------------------------------------------------

expected<model_registered>
from_wire(const v1::ModelRegistrationResponse& wire) {
  model_registered done;
  done.at = wire.revision();
  done.created = wire.create_revision();
  TRIVIUM_TRY(done.version, of_answer.version(wire.version()));
  done.lease = wire.lease_id();
  done.ttl_seconds = wire.ttl_seconds();
  done.was_known = wire.was_known();
  return done;
}

expected<registered_version> from_wire(const v1::ModelVersion& wire) {
  registered_version found;
  auto& version = found.version;
  TRIVIUM_TRY(version.model, model_of(wire));
  TRIVIUM_TRY(version.version, of_answer.version(wire.version()));
  TRIVIUM_TRY(version.artifact,
              hex_digest("artifact_sha256", wire.artifact_sha256()));
  TRIVIUM_TRY(version.format, of_answer.plain_enumeration(
                                "format", wire.format(), model_format::gguf));
  TRIVIUM_TRY(version.state, of_answer.enumeration("state", wire.state(),
                                                   version_state::retired));
  version.storage_uri = wire.storage_uri();
  version.size_bytes = wire.size_bytes();
  version.labels = {wire.labels().begin(), wire.labels().end()};
  version.subject = wire.subject();
  version.registered_at = wire.registered_at();
  found.version_modified = wire.version_revision();
  found.created = wire.create_revision();
  found.modified = wire.mod_revision();
  found.lease = wire.lease_id();
  found.ttl_seconds = wire.ttl_seconds();
  found.lease_remaining = std::chrono::milliseconds{wire.lease_remaining_ms()};
  if (wire.has_alias()) {
    TRIVIUM_TRY(found.alias, record_of(wire.alias()));
    found.alias_modified = wire.alias().mod_revision();
  }
  found.at = wire.revision();
  TRIVIUM_TRY(found.given, consistency_of(wire.consistency()));
  return found;
}

expected<registration_list>
from_wire(const v1::ListRegistrationsResponse& wire) {
  registration_list list;
  TRIVIUM_TRY(list.models,
              read_all<registered_version>(wire.models(), from_wire));
  list.next_page_token = wire.next_page_token();
  list.at = wire.revision();
  return list;
}

expected<promoted> from_wire(const v1::Alias& wire) {
  promoted moved;
  TRIVIUM_TRY(moved.alias, record_of(wire));
  moved.at = wire.mod_revision();
  moved.was_there = wire.was_there();
  return moved;
}

lease_status from_wire(const v1::Lease& wire) {
  return {wire.lease_id(), wire.ttl_seconds(),
          std::chrono::milliseconds{wire.remaining_ms()}, wire.is_over(),
          wire.revision()};
}

} // namespace trivium

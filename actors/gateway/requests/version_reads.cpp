#include "actors/gateway/requests/version_reads.hpp"

#include "messages/values/keys.hpp"
#include "messages/wire/fields.hpp"
#include "messages/wire/wire_text.hpp"
#include "storage/records/records.hpp"

namespace trivium::actors {

namespace {

/// nullopt where there is none.
checked<std::optional<key_value>> find(const storage::metadata_store& store,
                                       const std::string& key, revision at) {
  auto found = store.get(key, at);
  if (found)
    return std::optional<key_value>{std::move(*found)};
  if (found.error().code == ec::not_found)
    return std::optional<key_value>{};
  return refuse(found.error());
}

checked<revision> wanted_revision(const storage::metadata_store& store,
                                  const v1::GetModelVersionRequest& request) {
  using v1::GetModelVersionRequest;
  switch (request.when_case()) {
  case GetModelVersionRequest::kAtRevision: {
    const auto head = store.head();
    if (request.at_revision() == 0 || request.at_revision() > head)
      return refuse({ec::invalid_argument,
                     "at_revision is " + std::to_string(request.at_revision())
                       + "; the store is at revision " + std::to_string(head)},
                    "at_revision");
    return request.at_revision();
  }
  case GetModelVersionRequest::kAtTime: {
    TRIVIUM_CHECKED(const auto at,
                    passed(store.revision_at(request.at_time())));
    if (at == 0)
      return refuse({ec::not_found, "nothing was registered at that time"});
    return at;
  }
  default:
    if (request.consistency() == v1::CONSISTENCY_AT_REVISION)
      return refuse({ec::invalid_argument,
                     "consistency at-revision needs at_revision or at_time"},
                    "consistency");
    return store.head();
  }
}

void write_version(const version_record& record, revision modified,
                   v1::ModelVersion& answer) {
  answer.set_version(to_string(record.version));
  answer.set_storage_uri(wire_text(record.storage_uri));
  if (record.artifact.is_set())
    answer.set_artifact_sha256(to_string(record.artifact));
  answer.set_format(wire_format(record.format));
  answer.set_state(wire_enum<v1::VersionState>(record.state));
  answer.set_size_bytes(record.size_bytes);
  for (const auto& [name, value] : record.labels)
    (*answer.mutable_labels())[wire_text(name)] = wire_text(value);
  answer.set_subject(wire_text(record.subject));
  answer.set_registered_at(record.registered_at);
  answer.set_version_revision(modified);
}

} // namespace

bool reads_past(const v1::GetModelVersionRequest& request) {
  return request.when_case() != v1::GetModelVersionRequest::WHEN_NOT_SET;
}

void write_alias(const alias_record& record, revision modified,
                 v1::Alias& answer) {
  answer.set_namespace_(record.model.name_space);
  answer.set_model_id(record.model.model);
  answer.set_alias(record.alias);
  answer.set_version(to_string(record.version));
  if (record.recipe_digest.is_set())
    answer.set_recipe_digest(to_string(record.recipe_digest));
  if (record.artifact.is_set())
    answer.set_artifact_sha256(to_string(record.artifact));
  answer.set_weight(record.weight);
  answer.set_subject(wire_text(record.subject));
  answer.set_reason(wire_text(record.reason));
  answer.set_moved_at(record.moved_at);
  answer.set_mod_revision(modified);
}

checked<void> read_version(const storage::metadata_store& store,
                           const v1::GetModelVersionRequest& request,
                           const request_rules& rules,
                           v1::ModelVersion& answer) {
  using v1::GetModelVersionRequest;
  TRIVIUM_CHECKED(const auto model, checked_model(request.namespace_(),
                                                  request.model_id(), rules));
  // One revision for all that is looked at.
  TRIVIUM_CHECKED(const auto at, wanted_revision(store, request));
  TRIVIUM_CHECKED(const auto registration_key, passed(keys::metadata(model)));
  TRIVIUM_CHECKED(const auto registration, find(store, registration_key, at));
  std::optional<registration_record> registered;
  if (registration) {
    TRIVIUM_CHECKED(registered,
                    passed(storage::decode_registration(registration->value)));
  }
  semver version;
  if (request.which_case() == GetModelVersionRequest::kVersion) {
    TRIVIUM_CHECKED(version, checked_version(request.version()));
  } else if (request.which_case() == GetModelVersionRequest::kAlias) {
    TRIVIUM_CHECKED(const auto name, checked_name("alias", request.alias()));
    TRIVIUM_CHECKED(const auto key, passed(keys::alias(model, name)));
    TRIVIUM_CHECKED(const auto stored, find(store, key, at));
    if (!stored)
      return refuse(
        {ec::not_found, to_string(model) + " has no alias \"" + name + "\""});
    TRIVIUM_CHECKED(const auto alias,
                    passed(storage::decode_alias(stored->value)));
    write_alias(alias, stored->modified, *answer.mutable_alias());
    version = alias.version;
  } else if (registered) {
    version = registered->newest;
  } else {
    return refuse(
      {ec::not_found, "no model " + to_string(model) + " is registered"});
  }
  TRIVIUM_CHECKED(const auto version_key,
                  passed(keys::version(model, version)));
  TRIVIUM_CHECKED(const auto stored, find(store, version_key, at));
  if (!stored)
    return refuse({ec::not_found,
                   to_string(model) + " has no version " + to_string(version)});
  TRIVIUM_CHECKED(const auto record,
                  passed(storage::decode_version(stored->value)));
  answer.set_namespace_(model.name_space);
  answer.set_model_id(model.model);
  write_version(record, stored->modified, answer);
  if (registered) {
    answer.set_create_revision(registration->created);
    answer.set_mod_revision(registration->modified);
    answer.set_lease_id(registration->lease);
    answer.set_ttl_seconds(registered->ttl_seconds);
  }
  answer.set_revision(at);
  answer.set_consistency(reads_past(request) ? v1::CONSISTENCY_AT_REVISION
                                             : v1::CONSISTENCY_LINEARIZABLE);
  return {};
}

} // namespace trivium::actors

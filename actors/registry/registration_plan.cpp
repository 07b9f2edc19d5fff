#include "actors/registry/registration_plan.hpp"

#include "messages/values/keys.hpp"
#include "messages/values/names.hpp"
#include "storage/records/records.hpp"

namespace trivium::actors {

namespace {

/// Idempotency keys that a model remembers.
constexpr size_t max_seen = 16;

/// FNV-1a of what a request asked for.
uint64_t fingerprint(const register_model& command) {
  uint64_t hash = 0xcbf29ce484222325;
  const auto add = [&](std::string_view text) {
    for (const auto c : text)
      hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    hash = (hash ^ 0xff) * 0x100000001b3; // ends the field
  };
  add(to_string(command.version));
  add(command.storage_uri);
  add(std::to_string(command.ttl_seconds));
  for (const auto& [name, value] : command.labels) {
    add(name);
    add(value);
  }
  return hash;
}

/// What the idempotency key was used for, if it was.
const registration_record::seen_request*
seen_before(const standing_registration& standing, const std::string& key) {
  for (const auto& seen : standing.record.seen)
    if (seen.key == key)
      return &seen;
  return nullptr;
}

} // namespace

expected<void> add_registration(transaction& change,
                                const registration_facts& facts,
                                const register_model& command,
                                const envelope& from, unix_ms now) {
  TRIVIUM_TRY(auto key, keys::metadata(facts.model));
  const auto* const standing = facts.standing;
  registration_record record;
  lease_id lease = command.lease;
  if (standing != nullptr) {
    record = standing->record;
    for (auto& seen : record.seen)
      seen.at = seen.at == 0 ? standing->modified : seen.at;
    if (lease == 0)
      lease = standing->lease;
  } else {
    record.model = facts.model;
    record.ttl_seconds = command.ttl_seconds;
    record.subject = from.subject;
    record.registered_at = now;
    if (lease == 0 && command.ttl_seconds > 0) {
      lease = new_lease;
      change.then.emplace_back(
        grant_lease{static_cast<uint64_t>(command.ttl_seconds) * 1000});
    }
  }
  record.version = command.version;
  record.storage_uri = command.storage_uri;
  record.trace_id = trace_id_text(from.trace);
  record.changed_at = now;
  record.newest = facts.highest != nullptr && command.version < *facts.highest
                    ? *facts.highest
                    : command.version;
  if (!command.idempotency_key.empty()) {
    if (record.seen.size() >= max_seen)
      record.seen.erase(record.seen.begin());
    record.seen.push_back(
      {command.idempotency_key, fingerprint(command), 0, command.version});
  }
  change.when.push_back(
    unchanged(key, standing != nullptr ? standing->modified : 0));
  if (standing == nullptr && command.version < record.newest) {
    TRIVIUM_TRY(auto newest, keys::version(facts.model, record.newest));
    change.when.push_back({std::move(newest), compare::what::exists});
  }
  put written;
  written.key = std::move(key);
  written.value = storage::encode(record);
  written.lease = lease;
  change.then.emplace_back(std::move(written));
  return {};
}

expected<book_step<model_registered>>
plan_registration(const registration_facts& facts,
                  const register_model& command, const envelope& from,
                  unix_ms now) {
  TRIVIUM_TRY(auto key, keys::version(facts.model, command.version));
  const auto* const standing = facts.standing;
  book_step<model_registered> step;
  auto& answer = step.answer;
  answer.version = command.version;
  answer.ttl_seconds = command.ttl_seconds;
  answer.lease = command.lease;
  if (standing != nullptr) {
    answer.at = standing->modified;
    answer.created = standing->created;
    answer.lease = standing->lease;
    answer.ttl_seconds = standing->record.ttl_seconds;
    if (const auto* seen = seen_before(*standing, command.idempotency_key)) {
      answer.at = seen->at == 0 ? answer.at : seen->at;
      if (seen->fingerprint != fingerprint(command))
        return fail(ec::already_exists,
                    "idempotency key \"" + printable(seen->key)
                      + "\" was used for another request, at revision "
                      + std::to_string(answer.at));
      answer.was_known = true;
      return step;
    }
  }
  const auto is_there =
    facts.known != nullptr && facts.known->storage_uri == command.storage_uri;
  if (is_there && standing != nullptr
      && standing->record.version == command.version
      && command.idempotency_key.empty()
      && (command.lease == 0 || command.lease == standing->lease)) {
    answer.was_known = true;
    return step;
  }
  if (command.lease != 0)
    answer.lease = command.lease;
  TRIVIUM_CHECK(add_registration(step.change, facts, command, from, now));
  if (standing == nullptr && command.lease == 0 && command.ttl_seconds > 0)
    answer.lease = new_lease;
  // What stays as it is may be deleted meanwhile.
  step.change.when.push_back(unchanged(key, facts.known_modified));
  if (!is_there) {
    version_record record;
    if (facts.known != nullptr) {
      record = *facts.known;
    } else {
      record.model = facts.model;
      record.version = command.version;
      record.labels = command.labels;
      record.subject = from.subject;
      record.trace_id = trace_id_text(from.trace);
      record.registered_at = now;
    }
    record.storage_uri = command.storage_uri;
    put written;
    written.key = std::move(key);
    written.value = storage::encode(record);
    step.change.then.emplace_back(std::move(written));
  }
  add_event(step, event_of(event_kind::version_registered, facts.model,
                           command.version, command.storage_uri, from, now));
  return step;
}

void finish(model_registered& answer, const commit_result& result) {
  answer.at = result.at;
  if (answer.created == 0)
    answer.created = result.at;
  if (answer.lease == new_lease)
    answer.lease = result.lease;
}

} // namespace trivium::actors

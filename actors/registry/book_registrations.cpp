#include "actors/registry/model_book.hpp"
#include "messages/values/keys.hpp"
#include "storage/records/records.hpp"

#include <algorithm>

namespace trivium::actors {

namespace {

/// When one of them was written last; 0: there are none.
template <class Stored>
revision newest_of(const std::map<std::string, Stored>& entries) {
  revision newest = 0;
  for (const auto& [key, entry] : entries)
    newest = std::max(newest, entry.modified);
  return newest;
}

/// Nothing was added there that the book does not know.
compare quiet_beneath(const std::string& prefix, revision since) {
  compare condition;
  condition.key = prefix;
  condition.kind = compare::what::quiet_beneath;
  condition.modified = since;
  return condition;
}

} // namespace

const version_record* model_book::newest(const std::string& without) const {
  const version_record* found = nullptr;
  for (const auto& [key, one] : versions_)
    if (key != without
        && (found == nullptr || found->version < one.record.version))
      found = &one.record;
  return found;
}

registration_facts model_book::facts_of(const std::string& key) const {
  registration_facts facts{model_, nullptr, nullptr, 0, nullptr};
  if (registration_)
    facts.standing = &*registration_;
  if (const auto known = versions_.find(key); known != versions_.end()) {
    facts.known = &known->second.record;
    facts.known_modified = known->second.modified;
  }
  if (const auto* highest = newest())
    facts.highest = &highest->version;
  return facts;
}

expected<book_step<model_registered>>
model_book::register_model(const trivium::register_model& command,
                           const envelope& from, unix_ms now) const {
  TRIVIUM_TRY(const auto key, keys::version(model_, command.version));
  return plan_registration(facts_of(key), command, from, now);
}

expected<book_step<version_registered>>
model_book::register_version(const trivium::register_version& command,
                             const envelope& from, unix_ms now) const {
  const auto& wanted = command.version;
  TRIVIUM_TRY(const auto key, keys::version(model_, wanted.version));
  book_step<version_registered> step;
  const auto known = versions_.find(key);
  const auto is_known = known != versions_.end();
  if (is_known && known->second.record.artifact.is_set()) {
    const auto& [record, modified] = known->second;
    if (record.artifact != wanted.artifact)
      return fail(ec::already_exists,
                  to_string(model_) + " " + to_string(wanted.version)
                    + " holds another artifact (" + abbreviated(record.artifact)
                    + "); the next free version is "
                    + to_string(next_free(wanted.version)));
    step.answer = {record, modified, true};
    return step;
  }
  auto record = is_known ? known->second.record : wanted;
  record.model = model_;
  record.artifact = wanted.artifact;
  record.format = wanted.format;
  record.size_bytes = wanted.size_bytes;
  record.state = version_state::ready;
  if (!is_known) {
    record.registered_at = now;
    trivium::register_model registration;
    registration.version = wanted.version;
    registration.storage_uri = wanted.storage_uri;
    TRIVIUM_CHECK(
      add_registration(step.change, facts_of(key), registration, from, now));
  }
  step.change.when.push_back(
    unchanged(key, is_known ? known->second.modified : 0));
  step.change.then.push_back(put{key, storage::encode(record)});
  add_event(step,
            event_of(is_known ? event_kind::artifact_read
                              : event_kind::version_registered,
                     model_, record.version,
                     "artifact " + abbreviated(record.artifact), from, now));
  step.answer = {std::move(record), 0, false};
  return step;
}

expected<book_step<model_deleted>>
model_book::delete_model(const trivium::delete_model& command,
                         const envelope& from, unix_ms now) const {
  book_step<model_deleted> step;
  std::string one;
  if (command.version) {
    TRIVIUM_TRY(one, keys::version(model_, *command.version));
    if (!versions_.contains(one))
      return fail(ec::not_found, to_string(model_) + " has no version "
                                   + to_string(*command.version));
  } else if (versions_.empty() && !registration_) {
    return fail(ec::not_found, "no model " + to_string(model_));
  }
  for (const auto& [key, alias] : aliases_)
    if (!command.version || alias.record.version == *command.version)
      return fail(ec::failed_precondition,
                  "alias " + alias.record.alias + " points at "
                    + to_string(model_) + " " + to_string(alias.record.version)
                    + "; delete or move it first");
  TRIVIUM_TRY(const auto aliases, keys::aliases_prefix(model_));
  TRIVIUM_TRY(const auto versions, keys::versions_prefix(model_));
  step.change.when.push_back(quiet_beneath(aliases, newest_of(aliases_)));
  step.change.when.push_back(
    one.empty() ? quiet_beneath(
      versions, std::max(newest_of(versions_), newest_of(variants_)))
                : quiet_beneath(one + "/", newest_of(variants_)));
  const auto take_away = [&](const auto& stored) {
    for (const auto& [key, entry] : stored) {
      if (!one.empty() && key != one && !key.starts_with(one + "/"))
        continue;
      step.change.when.push_back(unchanged(key, entry.modified));
      step.change.then.push_back(erase{key});
      ++step.answer.deleted;
    }
  };
  take_away(versions_);
  take_away(variants_);
  if (!registration_) { // nor is it registered meanwhile
    TRIVIUM_TRY(const auto key, keys::metadata(model_));
    step.change.when.push_back(unchanged(key, 0));
  }
  if (registration_) {
    TRIVIUM_TRY(const auto key, keys::metadata(model_));
    const auto* left =
      one.empty() || registration_->is_over ? nullptr : newest(one);
    if (left == nullptr) {
      step.change.when.push_back(unchanged(key, registration_->modified));
      // Its lease stays: it may hold others, who would go without a word.
      step.change.then.push_back(erase{key});
      ++step.answer.deleted;
    } else {
      auto record = registration_->record;
      record.newest = left->version;
      if (record.version == *command.version) {
        record.version = left->version;
        record.storage_uri = left->storage_uri;
      }
      record.changed_at = now;
      for (auto& seen : record.seen)
        seen.at = seen.at == 0 ? registration_->modified : seen.at;
      step.change.when.push_back(unchanged(key, registration_->modified));
      put written{key, storage::encode(record)};
      written.lease = registration_->lease;
      step.change.then.push_back(std::move(written));
    }
  }
  auto event = event_of(
    event_kind::version_deleted, model_, command.version.value_or(semver{}),
    (command.version ? to_string(*command.version)
                     : "the model with all its versions")
      + (command.reason.empty() ? "" : ", " + command.reason),
    from, now);
  if (!command.version)
    event.version.clear();
  else if (registration_ && registration_->is_over)
    event.also.push_back(event_of(event_kind::registration_expired, model_,
                                  registration_->record.version,
                                  "its lease is over", from, now));
  add_event(step, std::move(event));
  return step;
}

} // namespace trivium::actors

#include "actors/registry/model_book.hpp"

#include "actors/domain/gate.hpp"
#include "messages/values/keys.hpp"
#include "storage/records/records.hpp"

#include <algorithm>

namespace trivium::actors {

namespace {

/// A condition that the key is as it was read: absent, or at its revision.
compare unchanged(const std::string& key, revision modified) {
  compare condition;
  condition.key = key;
  condition.kind =
    modified == 0 ? compare::what::absent : compare::what::modified_is;
  condition.modified = modified;
  return condition;
}

put event_put(const event_record& event) {
  put operation;
  operation.key = keys::events_prefix;
  operation.value = storage::encode(event);
  operation.append_revision = true;
  return operation;
}

template <class Answer>
void add_event(book_step<Answer>& step, event_record event) {
  step.change.then.push_back(event_put(event));
  step.events.push_back(std::move(event));
}

event_record event_of(event_kind kind, const model_ref& model,
                      const semver& version, std::string what,
                      const envelope& from, unix_ms now) {
  event_record event;
  event.kind = kind;
  event.model = model;
  event.version = to_string(version);
  event.what = std::move(what);
  event.subject = from.subject;
  event.trace_id = trace_id_text(from.trace);
  event.at = now;
  return event;
}

/// " (why; why)", empty where nothing is said.
std::string reasons_of(const verification& checked) {
  std::string text;
  for (const auto& reason : checked.reasons)
    text += (text.empty() ? " (" : "; ") + reason;
  return text.empty() ? text : text + ")";
}

/// It passed its gate once and may be in use.
bool stands(variant_state state) {
  return state == variant_state::verified || state == variant_state::deployed;
}

bool is_being_made(variant_state state) {
  return state == variant_state::quantizing
         || state == variant_state::verifying;
}

std::string variant_name(const variant_record& variant) {
  return to_string(variant.version) + " " + variant.recipe;
}

} // namespace

expected<void> model_book::take(const std::string& key,
                                const std::string& value, revision at) {
  if (keys::is_variant(key)) {
    TRIVIUM_TRY(auto record, storage::decode_variant(value));
    variants_.insert_or_assign(key,
                               stored<variant_record>{std::move(record), at});
  } else if (keys::is_version(key)) {
    TRIVIUM_TRY(auto record, storage::decode_version(value));
    versions_.insert_or_assign(key,
                               stored<version_record>{std::move(record), at});
  } else if (keys::is_alias(key)) {
    TRIVIUM_TRY(auto record, storage::decode_alias(value));
    aliases_.insert_or_assign(key, stored<alias_record>{std::move(record), at});
  }
  return {};
}

expected<void> model_book::load(std::span<const key_value> stored_keys) {
  for (const auto& entry : stored_keys)
    TRIVIUM_CHECK(take(entry.key, entry.value, entry.modified));
  return {};
}

expected<void> model_book::committed(const transaction& change, revision at) {
  for (const auto& operation : change.then)
    if (const auto* written = std::get_if<put>(&operation))
      TRIVIUM_CHECK(take(written->key, written->value, at));
  return {};
}

semver model_book::next_free(const semver& wanted) const {
  auto candidate = wanted;
  const auto is_taken = [&](const semver& version) {
    return std::any_of(versions_.begin(), versions_.end(), [&](const auto& v) {
      return v.second.record.version == version;
    });
  };
  while (is_taken(candidate))
    candidate = candidate.next_patch();
  return candidate;
}

expected<book_step<version_registered>>
model_book::register_version(const trivium::register_version& command,
                             const envelope& from, unix_ms now) const {
  const auto& wanted = command.version;
  TRIVIUM_TRY(const auto key, keys::version(model_, wanted.version));
  book_step<version_registered> step;
  if (const auto known = versions_.find(key); known != versions_.end()) {
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
  auto record = wanted;
  record.model = model_;
  record.state = version_state::ready;
  record.registered_at = now;
  step.change.when.push_back(unchanged(key, 0));
  if (versions_.empty()) {
    TRIVIUM_TRY(const auto metadata, keys::metadata(model_));
    step.change.then.push_back(put{metadata, to_string(model_), false});
  }
  step.change.then.push_back(put{key, storage::encode(record), false});
  add_event(step,
            event_of(event_kind::version_registered, model_, record.version,
                     "artifact " + abbreviated(record.artifact), from, now));
  step.answer = {std::move(record), 0, false};
  return step;
}

expected<book_step<variant_begun>>
model_book::begin_variant(const trivium::begin_variant& command,
                          const envelope& from, unix_ms now) const {
  const auto& wanted = command.variant;
  TRIVIUM_TRY(const auto version_key, keys::version(model_, wanted.version));
  if (!versions_.contains(version_key))
    return fail(ec::not_found, to_string(model_) + " has no version "
                                 + to_string(wanted.version));
  TRIVIUM_TRY(const auto key,
              keys::variant(model_, wanted.version, wanted.recipe_digest));
  book_step<variant_begun> step;
  revision modified = 0;
  if (const auto known = variants_.find(key); known != variants_.end()) {
    const auto& record = known->second.record;
    modified = known->second.modified;
    if (stands(record.state)) {
      step.answer = {record, modified, !command.force, command.force, false};
      return step;
    }
    if (is_being_made(record.state) && record.job != command.gone) {
      step.answer = {record, modified, false, false, true};
      return step;
    }
  }
  auto record = wanted;
  record.model = model_;
  record.state = variant_state::quantizing;
  record.started_at = now;
  record.changed_at = now;
  step.change.when.push_back(unchanged(key, modified));
  step.change.then.push_back(put{key, storage::encode(record), false});
  add_event(step, event_of(event_kind::variant_changed, model_, record.version,
                           record.recipe + ": Quantizing", from, now));
  step.answer = {std::move(record), 0, false, false, false};
  return step;
}

expected<book_step<variant_record>>
model_book::change_variant(const trivium::change_variant& command,
                           const envelope& from, unix_ms now) const {
  auto record = command.variant;
  TRIVIUM_TRY(const auto key,
              keys::variant(model_, record.version, record.recipe_digest));
  const auto known = variants_.find(key);
  if (known == variants_.end())
    return fail(ec::not_found,
                to_string(model_) + " has no variant " + variant_name(record));
  const auto& old = known->second.record;
  if (is_being_made(old.state) && old.job != record.job)
    return fail(ec::failed_precondition,
                to_string(model_) + " " + variant_name(record)
                  + " was taken over by job " + old.job);
  const auto is_remade = command.remakes && stands(old.state);
  if (is_remade ? !may_become(variant_state::verifying, record.state)
                : !may_become(old.state, record.state))
    return fail(ec::failed_precondition,
                to_string(model_) + " " + variant_name(record) + " is "
                  + std::string{to_string(old.state)} + " and cannot become "
                  + std::string{to_string(record.state)});
  record.model = model_;
  record.changed_at = now;
  book_step<variant_record> step;
  step.answer = record;
  step.change.when.push_back(unchanged(key, known->second.modified));
  if (is_remade && record.state == variant_state::failed)
    step.answer = old;
  else if (is_remade && record.artifact == old.artifact)
    step.answer.state = old.state; // the aliases that point to it still do
  if (!is_remade || record.state != variant_state::failed)
    step.change.then.push_back(put{key, storage::encode(step.answer), false});
  const auto is_missed_gate = record.state == variant_state::failed
                              && !record.checked.gate_met
                              && record.checked.cases > 0;
  add_event(step,
            event_of(is_missed_gate ? event_kind::gate_missed
                                    : event_kind::variant_changed,
                     model_, record.version,
                     record.recipe + (is_remade ? ": made anew, " : ": ")
                       + std::string{to_string(record.state)}
                       + (record.reason.empty() ? "" : ", " + record.reason),
                     from, now));
  return step;
}

expected<book_step<promoted>>
model_book::promote(const trivium::promote& command, const envelope& from,
                    unix_ms now) const {
  TRIVIUM_TRY(const auto alias_key, keys::alias(model_, command.alias));
  TRIVIUM_TRY(const auto version_key, keys::version(model_, command.version));
  const auto version = versions_.find(version_key);
  if (version == versions_.end())
    return fail(ec::not_found, to_string(model_) + " has no version "
                                 + to_string(command.version));

  alias_record alias;
  alias.model = model_;
  alias.alias = command.alias;
  alias.version = command.version;
  alias.recipe_digest = command.recipe_digest;
  alias.artifact = version->second.record.artifact;
  alias.subject = from.subject;
  alias.reason = command.reason;
  alias.trace_id = trace_id_text(from.trace);
  alias.moved_at = now;
  auto target = to_string(command.version);

  book_step<promoted> step;
  std::string variant_key;
  if (command.recipe_digest.is_set()) {
    TRIVIUM_TRY(variant_key,
                keys::variant(model_, command.version, command.recipe_digest));
    const auto found = variants_.find(variant_key);
    if (found == variants_.end())
      return fail(ec::not_found, to_string(model_) + " has no such variant of "
                                   + to_string(command.version));
    auto record = found->second.record;
    if (!stands(record.state))
      return fail(ec::failed_precondition,
                  to_string(model_) + " " + variant_name(record) + " is "
                    + std::string{to_string(record.state)}
                    + "; only a Verified variant is promoted");
    if (!domain::may_promote(record.checked.verdict, command.allow_unverified))
      return fail(ec::failed_precondition,
                  to_string(model_) + " " + variant_name(record) + " is only "
                    + std::string{to_string(record.checked.verdict)}
                    + reasons_of(record.checked)
                    + "; promoting it needs --allow-unverified");
    alias.artifact = record.artifact;
    target += " " + record.recipe;
    if (record.state == variant_state::verified) {
      record.state = variant_state::deployed;
      record.changed_at = now;
      step.change.when.push_back(
        unchanged(variant_key, found->second.modified));
      step.change.then.push_back(
        put{variant_key, storage::encode(record), false});
    }
  }

  const auto old = aliases_.find(alias_key);
  if (const auto at = old == aliases_.end() ? 0 : old->second.modified;
      command.expected_at && *command.expected_at != at)
    return fail(ec::conflict, command.alias + " was moved at revision "
                                + std::to_string(at)
                                + " meanwhile; look again");
  step.change.when.push_back(
    unchanged(alias_key, old == aliases_.end() ? 0 : old->second.modified));
  if (old != aliases_.end()) {
    const auto& was = old->second.record;
    if (was.artifact == alias.artifact && was.version == alias.version
        && was.recipe_digest == alias.recipe_digest
        && step.change.then.empty()) {
      step.answer = {was, old->second.modified, true};
      step.change = {};
      return step;
    }
    // What no alias points to any more is no longer deployed.
    const auto is_elsewhere =
      std::any_of(aliases_.begin(), aliases_.end(), [&](const auto& other) {
        return other.first != alias_key
               && other.second.record.version == was.version
               && other.second.record.recipe_digest == was.recipe_digest;
      });
    if (was.recipe_digest.is_set() && !is_elsewhere) {
      TRIVIUM_TRY(const auto old_key,
                  keys::variant(model_, was.version, was.recipe_digest));
      const auto found = variants_.find(old_key);
      if (old_key != variant_key && found != variants_.end()
          && found->second.record.state == variant_state::deployed) {
        auto record = found->second.record;
        record.state = variant_state::verified;
        record.changed_at = now;
        step.change.when.push_back(unchanged(old_key, found->second.modified));
        step.change.then.push_back(
          put{old_key, storage::encode(record), false});
      }
    }
  }
  step.change.then.push_back(put{alias_key, storage::encode(alias), false});
  add_event(step, event_of(event_kind::alias_moved, model_, command.version,
                           command.alias + " → " + target, from, now));
  step.answer = {std::move(alias), 0, false};
  return step;
}

expected<resolved_alias> model_book::alias(const std::string& name) const {
  TRIVIUM_TRY(const auto key, keys::alias(model_, name));
  const auto found = aliases_.find(key);
  if (found == aliases_.end())
    return fail(ec::not_found, to_string(model_) + " has no alias \""
                                 + printable(name) + "\"");
  resolved_alias result{found->second.record, found->second.modified, {}};
  TRIVIUM_TRY(const auto version_key,
              keys::version(model_, result.alias.version));
  const auto version = versions_.find(version_key);
  if (version != versions_.end() && !result.alias.recipe_digest.is_set())
    result.origin = version->second.record.storage_uri;
  return result;
}

expected<version_record> model_book::version(const semver& which) const {
  TRIVIUM_TRY(const auto key, keys::version(model_, which));
  const auto found = versions_.find(key);
  if (found == versions_.end())
    return fail(ec::not_found,
                to_string(model_) + " has no version " + to_string(which));
  return found->second.record;
}

expected<variant_record> model_book::variant(const semver& version,
                                             const digest& recipe) const {
  TRIVIUM_TRY(const auto key, keys::variant(model_, version, recipe));
  const auto found = variants_.find(key);
  if (found == variants_.end())
    return fail(ec::not_found, to_string(model_) + " has no such variant of "
                                 + to_string(version));
  return found->second.record;
}

} // namespace trivium::actors

#include "actors/domain/gate.hpp"
#include "actors/registry/model_book.hpp"
#include "messages/values/keys.hpp"
#include "storage/records/records.hpp"

namespace trivium::actors {

namespace {

/// " (why; why)", empty where nothing is said.
std::string reasons_of(const verification& checked) {
  std::string text;
  for (const auto& reason : checked.reasons)
    text += (text.empty() ? " (" : "; ") + reason;
  return text.empty() ? text : text + ")";
}

expected<void> expect_alias(const std::string& alias,
                            std::optional<revision> wanted, revision at) {
  if (!wanted || *wanted == at)
    return {};
  return fail(ec::conflict, alias + " was moved at revision "
                              + std::to_string(at) + " meanwhile; look again");
}

} // namespace

template <class Answer>
expected<void>
model_book::leave_target(book_step<Answer>& step, const std::string& alias_key,
                         const std::string& next_variant, unix_ms now) const {
  const auto& was = aliases_.at(alias_key).record;
  if (!was.recipe_digest.is_set())
    return {};
  for (const auto& [key, other] : aliases_)
    if (key != alias_key && other.record.version == was.version
        && other.record.recipe_digest == was.recipe_digest)
      return {};
  TRIVIUM_TRY(const auto key,
              keys::variant(model_, was.version, was.recipe_digest));
  const auto found = variants_.find(key);
  if (key == next_variant || found == variants_.end()
      || found->second.record.state != variant_state::deployed)
    return {};
  auto record = found->second.record;
  record.state = variant_state::verified;
  record.changed_at = now;
  step.change.when.push_back(unchanged(key, found->second.modified));
  step.change.then.push_back(put{key, storage::encode(record)});
  return {};
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
  alias.weight = command.weight;
  auto target = to_string(command.version);
  if (command.weight > 100)
    return fail(ec::invalid_argument, "weight " + std::to_string(command.weight)
                                        + " is more than 100 percent");

  if (!command.recipe_digest.is_set() && !alias.artifact.is_set()
      && !command.allow_unverified)
    return fail(ec::failed_precondition,
                to_string(model_) + " " + target
                  + " has not been read yet, so nothing is known of its bytes; "
                    "pointing an alias at it needs --allow-unverified");

  book_step<promoted> step;
  step.change.when.push_back({version_key, compare::what::exists});
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
      step.change.then.push_back(put{variant_key, storage::encode(record)});
    }
  }

  const auto old = aliases_.find(alias_key);
  TRIVIUM_CHECK(expect_alias(command.alias, command.expected_at,
                             old == aliases_.end() ? 0 : old->second.modified));
  step.change.when.push_back(
    unchanged(alias_key, old == aliases_.end() ? 0 : old->second.modified));
  if (old != aliases_.end()) {
    const auto& was = old->second.record;
    if (was.artifact == alias.artifact && was.version == alias.version
        && was.recipe_digest == alias.recipe_digest
        && was.weight == alias.weight && step.change.then.empty()
        && command.beside.empty()) {
      step.answer = {was, old->second.modified, true};
      step.change = {};
      return step;
    }
    TRIVIUM_CHECK(leave_target(step, alias_key, variant_key, now));
  }
  step.change.then.push_back(put{alias_key, storage::encode(alias)});
  for (const auto& also : command.beside)
    step.change.then.push_back(also);
  if (alias.weight != 100)
    target += ", " + std::to_string(alias.weight) + " %";
  add_event(step, event_of(event_kind::alias_moved, model_, command.version,
                           command.alias + " → " + target, from, now));
  step.answer = {std::move(alias), 0, false};
  return step;
}

expected<book_step<alias_deleted>>
model_book::delete_alias(const trivium::delete_alias& command,
                         const envelope& from, unix_ms now) const {
  TRIVIUM_TRY(const auto key, keys::alias(model_, command.alias.alias));
  const auto found = aliases_.find(key);
  if (found == aliases_.end())
    return fail(ec::not_found, to_string(model_) + " has no alias \""
                                 + printable(command.alias.alias) + "\"");
  TRIVIUM_CHECK(expect_alias(command.alias.alias, command.expected_at,
                             found->second.modified));
  book_step<alias_deleted> step;
  step.change.when.push_back(unchanged(key, found->second.modified));
  TRIVIUM_CHECK(leave_target(step, key, {}, now));
  step.change.then.push_back(erase{key});
  add_event(step,
            event_of(event_kind::alias_deleted, model_,
                     found->second.record.version,
                     command.alias.alias + " deleted"
                       + (command.reason.empty() ? "" : ", " + command.reason),
                     from, now));
  return step;
}

} // namespace trivium::actors

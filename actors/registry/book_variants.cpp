#include "actors/registry/model_book.hpp"
#include "messages/values/keys.hpp"
#include "storage/records/records.hpp"

namespace trivium::actors {

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
  step.change.then.push_back(put{key, storage::encode(record)});
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
    step.change.then.push_back(put{key, storage::encode(step.answer)});
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

} // namespace trivium::actors

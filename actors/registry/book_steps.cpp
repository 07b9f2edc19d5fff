#include "actors/registry/book_steps.hpp"

#include "actors/observability/log.hpp"
#include "messages/values/keys.hpp"
#include "storage/records/records.hpp"

namespace trivium::actors {

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

void log_event(const envelope& from, const event_record& event, revision at) {
  const auto is_detail = event.kind == event_kind::version_registered;
  if (is_detail && present_log_level() > config::log_level::debug)
    return;
  const auto write = is_detail ? log_debug : log_info;
  write(from, "event",
        {{"kind", to_string(event.kind)},
         {"model", to_string(event.model)},
         {"what", event.what},
         {"revision", std::to_string(at)}});
}

std::string variant_name(const variant_record& variant) {
  return to_string(variant.version) + " " + variant.recipe;
}

} // namespace trivium::actors

#include "actors/gateway/requests/past_reads.hpp"

#include "actors/gateway/registry_views.hpp"
#include "messages/values/keys.hpp"
#include "messages/wire/fields.hpp"
#include "messages/wire/wire_text.hpp"

#include <algorithm>

namespace trivium::actors {

namespace {

constexpr uint32_t default_lines = 100;
constexpr uint32_t most_lines = 10'000;

} // namespace

checked<void> read_past(const storage::metadata_store& store,
                        const v1::HistoryRequest& request,
                        const request_rules& rules,
                        v1::HistoryResponse& answer) {
  TRIVIUM_CHECKED(const auto model, checked_model(request.namespace_(),
                                                  request.model_id(), rules));
  if (request.limit() > most_lines)
    return refuse(
      {ec::invalid_argument, "limit is " + std::to_string(request.limit())
                               + "; at most " + std::to_string(most_lines)},
      "limit");
  const auto limit = request.limit() == 0 ? default_lines : request.limit();
  answer.set_revision(store.head());
  TRIVIUM_CHECKED(const auto prefix, passed(keys::model_prefix(model)));
  TRIVIUM_CHECKED(const auto standing, passed(store.range(prefix)));
  std::vector<change> changes;
  if (!request.alias().empty()) {
    TRIVIUM_CHECKED(const auto name, checked_name("alias", request.alias()));
    TRIVIUM_CHECKED(const auto key, passed(keys::alias(model, name)));
    TRIVIUM_CHECKED(changes, passed(store.history(key)));
  } else {
    TRIVIUM_CHECKED(changes, passed(store.histories(prefix)));
  }
  if (changes.empty())
    return refuse(
      {ec::not_found,
       "nothing is known of " + to_string(model)
         + (request.alias().empty() ? "" : " @" + request.alias())});
  TRIVIUM_CHECKED(const auto told,
                  passed(history_of(changes, standing, limit)));
  for (const auto& entry : told.entries) {
    auto& line = *answer.add_entries();
    line.set_revision(entry.at_revision);
    line.set_at(entry.at);
    line.set_subject(wire_text(entry.subject));
    line.set_what(wire_text(entry.what));
    line.set_reason(wire_text(entry.reason));
    line.set_trace_id(entry.trace_id);
  }
  answer.set_is_cut(told.is_cut);
  return {};
}

checked<void> read_lineage(const storage::metadata_store& store,
                           const v1::LineageRequest& request,
                           const request_rules& rules,
                           v1::LineageResponse& answer) {
  lineage_query query;
  std::string prefix;
  if (!request.artifact_sha256().empty()) {
    query.artifact = request.artifact_sha256();
    const auto is_hex = [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    };
    if (query.artifact.size() < 6 || query.artifact.size() > 64
        || !std::all_of(query.artifact.begin(), query.artifact.end(), is_hex))
      return refuse({ec::invalid_argument,
                     "artifact_sha256 wants 6 to 64 lower-case hex digits"},
                    "artifact_sha256");
    TRIVIUM_CHECKED(const auto space,
                    checked_namespace(request.namespace_(), rules));
    TRIVIUM_CHECKED(prefix, passed(keys::namespace_prefix(space)));
  } else {
    TRIVIUM_CHECKED(query.model, checked_model(request.namespace_(),
                                               request.model_id(), rules));
    if (!request.version().empty()) {
      TRIVIUM_CHECKED(const auto version, checked_version(request.version()));
      query.version = to_string(version);
    }
    TRIVIUM_CHECKED(prefix, passed(keys::model_prefix(query.model)));
  }
  answer.set_revision(store.head());
  TRIVIUM_CHECKED(const auto stored, passed(store.range(prefix)));
  TRIVIUM_CHECKED(const auto found, passed(lineage_of(stored, query)));
  for (const auto& entry : found) {
    auto& node = *answer.add_nodes();
    if (entry.artifact.is_set())
      node.set_artifact_sha256(to_string(entry.artifact));
    if (entry.parent.is_set())
      node.set_parent_sha256(to_string(entry.parent));
    node.set_namespace_(entry.model.name_space);
    node.set_model_id(entry.model.model);
    node.set_version(to_string(entry.version));
    node.set_recipe(wire_text(entry.recipe));
    node.set_origin(wire_text(entry.origin));
    node.set_state(entry.state);
    node.set_verdict(wire_enum<v1::Verdict>(entry.verdict));
    node.set_job(wire_text(entry.job));
    node.set_subject(wire_text(entry.subject));
    node.set_at(entry.at);
    for (const auto& alias : entry.aliases)
      node.add_aliases(alias);
  }
  return {};
}

} // namespace trivium::actors

#include "messages/wire/registry_answers.hpp"

#include "messages/wire/fields.hpp"
#include "messages/wire/records.hpp"
#include "messages/wire/repeated.hpp"
#include "messages/wire/wire_text.hpp"

namespace trivium {

namespace {

/// Formats and roles travel by name: one that is not known is a newer peer's.
tl::unexpected<error> newer(std::string_view what, std::string_view name) {
  return fail(ec::unsupported, "answer: " + std::string{what} + " \""
                                 + printable(name.substr(0, 64))
                                 + "\" was written by a newer build");
}

expected<model_format> format_of(const std::string& name) {
  if (name.empty())
    return of_answer.refuse("field \"format\" is missing");
  const auto format = model_format_from(name);
  if (format == model_format::unknown && name != to_string(format))
    return newer("format", name);
  return format;
}

expected<file_role> role_of(const std::string& name) {
  if (name.empty())
    return of_answer.refuse("field \"role\" is missing");
  const auto role = file_role_from(name);
  if (!role)
    return newer("file role", name);
  return *role;
}

} // namespace

// --- models ------------------------------------------------------------------

v1::ModelSummary to_wire(const model_summary& summary) {
  v1::ModelSummary out;
  *out.mutable_model() = to_wire(summary.model);
  out.set_versions(summary.versions);
  out.set_variants(summary.variants);
  out.set_newest(wire_text(summary.newest));
  write_all(summary.aliases, *out.mutable_aliases());
  out.set_changed_at(summary.changed_at);
  return out;
}

expected<model_summary> from_wire(const v1::ModelSummary& wire) {
  model_summary summary;
  TRIVIUM_TRY(summary.model, of_answer.model(wire.model()));
  summary.versions = wire.versions();
  summary.variants = wire.variants();
  summary.newest = wire.newest();
  TRIVIUM_TRY(summary.aliases,
              read_all<alias_record>(wire.aliases(), from_wire));
  summary.changed_at = wire.changed_at();
  return summary;
}

v1::ModelList to_wire(const model_list& list) {
  v1::ModelList out;
  write_all(list.models, *out.mutable_models());
  out.set_is_cut(list.is_cut);
  return out;
}

expected<model_list> from_wire(const v1::ModelList& wire) {
  model_list list;
  TRIVIUM_TRY(list.models, read_all<model_summary>(wire.models(), from_wire));
  list.is_cut = wire.is_cut();
  return list;
}

v1::ModelDetails to_wire(const model_details& details) {
  v1::ModelDetails out;
  write_all(details.versions, *out.mutable_versions());
  write_all(details.variants, *out.mutable_variants());
  write_all(details.aliases, *out.mutable_aliases());
  for (const auto at : details.alias_revisions)
    out.add_alias_revisions(at);
  return out;
}

expected<model_details> from_wire(const v1::ModelDetails& wire) {
  if (wire.aliases_size() != wire.alias_revisions_size())
    return of_answer.refuse(std::to_string(wire.aliases_size()) + " aliases, "
                            + std::to_string(wire.alias_revisions_size())
                            + " revisions of them");
  model_details details;
  TRIVIUM_TRY(details.versions,
              read_all<version_record>(wire.versions(), from_wire));
  TRIVIUM_TRY(details.variants,
              read_all<variant_record>(wire.variants(), from_wire));
  TRIVIUM_TRY(details.aliases,
              read_all<alias_record>(wire.aliases(), from_wire));
  details.alias_revisions = {wire.alias_revisions().begin(),
                             wire.alias_revisions().end()};
  return details;
}

// --- what happened -----------------------------------------------------------

v1::HistoryEntry to_wire(const history_entry& entry) {
  v1::HistoryEntry out;
  out.set_revision(entry.at_revision);
  out.set_at(entry.at);
  out.set_subject(wire_text(entry.subject));
  out.set_what(wire_text(entry.what));
  out.set_reason(wire_text(entry.reason));
  out.set_trace_id(wire_text(entry.trace_id));
  return out;
}

expected<history_entry> from_wire(const v1::HistoryEntry& wire) {
  return history_entry{wire.revision(), wire.at(),     wire.subject(),
                       wire.what(),     wire.reason(), wire.trace_id()};
}

v1::HistoryList to_wire(const history_list& list) {
  v1::HistoryList out;
  write_all(list.entries, *out.mutable_entries());
  out.set_is_cut(list.is_cut);
  return out;
}

expected<history_list> from_wire(const v1::HistoryList& wire) {
  history_list list;
  TRIVIUM_TRY(list.entries, read_all<history_entry>(wire.entries(), from_wire));
  list.is_cut = wire.is_cut();
  return list;
}

v1::LineageEntry to_wire(const lineage_entry& entry) {
  v1::LineageEntry out;
  out.set_artifact(wire_bytes(entry.artifact));
  out.set_parent(wire_bytes(entry.parent));
  *out.mutable_model() = to_wire(entry.model);
  out.set_version(to_string(entry.version));
  out.set_recipe(wire_text(entry.recipe));
  out.set_origin(wire_text(entry.origin));
  out.set_state(wire_text(entry.state));
  out.set_verdict(wire_enum<v1::Verdict>(entry.verdict));
  out.set_job(wire_text(entry.job));
  out.set_subject(wire_text(entry.subject));
  out.set_at(entry.at);
  for (const auto& alias : entry.aliases)
    out.add_aliases(wire_text(alias));
  return out;
}

expected<lineage_entry> from_wire(const v1::LineageEntry& wire) {
  lineage_entry entry;
  TRIVIUM_TRY(entry.artifact,
              of_answer.required_digest("artifact", wire.artifact()));
  TRIVIUM_TRY(entry.parent, of_answer.optional_digest("parent", wire.parent()));
  TRIVIUM_TRY(entry.model, of_answer.model(wire.model()));
  TRIVIUM_TRY(entry.version, of_answer.version(wire.version()));
  entry.recipe = wire.recipe();
  entry.origin = wire.origin();
  entry.state = wire.state();
  TRIVIUM_TRY(entry.verdict, of_answer.enumeration("verdict", wire.verdict(),
                                                   verdict::verified));
  entry.job = wire.job();
  entry.subject = wire.subject();
  entry.at = wire.at();
  entry.aliases = {wire.aliases().begin(), wire.aliases().end()};
  return entry;
}

// --- an alias ----------------------------------------------------------------

v1::ArtifactFile to_wire(const manifest_entry& file) {
  v1::ArtifactFile out;
  out.set_path(wire_text(file.path));
  out.set_role(std::string{to_string(file.role)});
  out.set_size(file.size);
  out.set_sha256(wire_bytes(file.sha256));
  return out;
}

expected<manifest_entry> from_wire(const v1::ArtifactFile& wire) {
  manifest_entry file;
  if (auto checked = check_artifact_path(wire.path()); !checked)
    return of_answer.refuse(checked.error().text);
  file.path = wire.path();
  TRIVIUM_TRY(file.role, role_of(wire.role()));
  file.size = wire.size();
  TRIVIUM_TRY(file.sha256, of_answer.required_digest("sha256", wire.sha256()));
  return file;
}

v1::ResolvedAlias to_wire(const resolved_artifact& resolved) {
  v1::ResolvedAlias out;
  *out.mutable_alias() = to_wire(resolved.alias);
  out.set_revision(resolved.at);
  out.set_format(std::string{to_string(resolved.files.format)});
  write_all(resolved.files.files, *out.mutable_files());
  return out;
}

expected<resolved_artifact> from_wire(const v1::ResolvedAlias& wire) {
  resolved_artifact resolved;
  TRIVIUM_TRY(resolved.alias, from_wire(wire.alias()));
  resolved.at = wire.revision();
  TRIVIUM_TRY(resolved.files.format, format_of(wire.format()));
  TRIVIUM_TRY(resolved.files.files,
              read_all<manifest_entry>(wire.files(), from_wire));
  return resolved;
}

v1::Promoted to_wire(const promoted& outcome) {
  v1::Promoted out;
  *out.mutable_alias() = to_wire(outcome.alias);
  out.set_revision(outcome.at);
  out.set_was_there(outcome.was_there);
  return out;
}

expected<promoted> from_wire(const v1::Promoted& wire) {
  promoted outcome;
  TRIVIUM_TRY(outcome.alias, from_wire(wire.alias()));
  outcome.at = wire.revision();
  outcome.was_there = wire.was_there();
  return outcome;
}

v1::VersionRegistered to_wire(const version_registered& outcome) {
  v1::VersionRegistered out;
  *out.mutable_version() = to_wire(outcome.version);
  out.set_revision(outcome.at);
  out.set_was_known(outcome.was_known);
  return out;
}

expected<version_registered> from_wire(const v1::VersionRegistered& wire) {
  version_registered outcome;
  TRIVIUM_TRY(outcome.version, from_wire(wire.version()));
  outcome.at = wire.revision();
  outcome.was_known = wire.was_known();
  return outcome;
}

} // namespace trivium

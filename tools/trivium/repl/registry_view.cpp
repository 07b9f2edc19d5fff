#include "tools/trivium/repl/registry_view.hpp"

#include "messages/values/human.hpp"
#include "messages/values/names.hpp"
#include "tools/trivium/repl/facts.hpp"
#include "tools/trivium/repl/fitted_table.hpp"
#include "tools/trivium/report.hpp"

#include <algorithm>

namespace trivium::tools::repl {

namespace {

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const auto& part : parts)
    text += (text.empty() ? "" : ", ") + part;
  return text;
}

/// "production, canary": what points at this version itself or, with
/// `recipe`, at this variant of it.
std::string aliases_of(const model_details& model, const semver& version,
                       const digest& recipe) {
  std::vector<std::string> names;
  for (const auto& alias : model.aliases)
    if (alias.version == version && alias.recipe_digest == recipe)
      names.push_back(printable(alias.alias));
  return joined(names);
}

std::string sizes(const variant_record& variant) {
  if (variant.bytes_after == 0)
    return {};
  return human_bytes(variant.bytes_before) + " → "
         + human_bytes(variant.bytes_after);
}

/// Newest first: what one looks for stands above.
template <class Record>
std::vector<const Record*> newest_first(const std::vector<Record>& records) {
  std::vector<const Record*> order;
  for (const auto& record : records)
    order.push_back(&record);
  std::stable_sort(
    order.begin(), order.end(),
    [](const auto* a, const auto* b) { return a->version > b->version; });
  return order;
}

} // namespace

std::string models_text(const model_list& list, const screen& on) {
  fitted_table table{{{"model", 9},
                      {"versions", 3, true},
                      {"variants", 2, true},
                      {"newest", 6},
                      {"aliases", 5},
                      {"changed", 4}}};
  for (const auto& model : list.models) {
    std::vector<std::string> aliases;
    for (const auto& alias : model.aliases)
      aliases.push_back(printable(alias.alias) + " → "
                        + to_string(alias.version));
    table.add({{printable(to_string(model.model)), tint::strong},
               std::to_string(model.versions),
               std::to_string(model.variants),
               printable(model.newest),
               joined(aliases),
               age(model.changed_at, on.now)});
  }
  return table.text(on) + (list.is_cut ? "… and more; name a PREFIX\n" : "");
}

std::string versions_text(const model_details& model, const screen& on) {
  fitted_table table{{{"version", 9},
                      {"state", 8},
                      {"format", 4},
                      {"size", 5, true},
                      {"aliases", 6},
                      {"artifact", 3},
                      {"registered", 2},
                      {"by", 1}}};
  for (const auto* version : newest_first(model.versions))
    table.add(
      {to_string(version->version), state_cell(to_string(version->state)),
       to_string(version->format), human_bytes(version->size_bytes),
       aliases_of(model, version->version, {}), abbreviated(version->artifact),
       local_time(version->registered_at), printable(version->subject)});
  return table.text(on);
}

std::string variants_text(const model_details& model,
                          const std::string& version, const screen& on) {
  const auto only = semver::parse(version);
  fitted_table table{{{"version", 9},
                      {"recipe", 9},
                      {"state", 8},
                      {"verdict", 7},
                      {"size", 5},
                      {"aliases", 6},
                      {"artifact", 3},
                      {"changed", 4},
                      {"job", 1},
                      {"reason", 5}}};
  for (const auto* variant : newest_first(model.variants))
    if (!only || variant->version == *only)
      table.add(
        {to_string(variant->version), printable(variant->recipe),
         state_cell(to_string(variant->state)),
         to_string(variant->checked.verdict), sizes(*variant),
         aliases_of(model, variant->version, variant->recipe_digest),
         variant->artifact.is_set() ? abbreviated(variant->artifact) : "",
         age(variant->changed_at, on.now), printable(variant->job),
         printable(variant->reason)});
  return table.text(on);
}

std::string aliases_text(const model_details& model, const screen& on) {
  fitted_table table{{{"alias", 9},
                      {"points at", 8},
                      {"traffic", 3, true},
                      {"revision", 5, true},
                      {"moved", 6},
                      {"by", 2},
                      {"reason", 4}}};
  for (size_t i = 0; i < model.aliases.size(); ++i) {
    const auto& alias = model.aliases[i];
    table.add({{printable(alias.alias), tint::strong},
               pointed_at(alias, model),
               std::to_string(alias.weight) + " %",
               i < model.alias_revisions.size()
                 ? std::to_string(model.alias_revisions[i])
                 : "",
               local_time(alias.moved_at),
               printable(alias.subject),
               printable(alias.reason)});
  }
  return table.text(on);
}

std::string model_text(const target& which, const model_details& model,
                       const screen& on) {
  auto text =
    painted(printable(to_string(which.model)), tint::strong, on) + "\n";
  for (const auto& part : {aliases_text(model, on), versions_text(model, on),
                           variants_text(model, "", on)})
    text += part.empty() ? "" : "\n" + part;
  return text;
}

expected<std::string> version_text(const target& which,
                                   const model_details& model,
                                   const screen& on) {
  TRIVIUM_TRY(const auto* const version, need_version(which, model));
  facts about;
  about.add("state", painted(to_string(version->state),
                             tint_of(to_string(version->state)), on));
  about.add("format", std::string{to_string(version->format)});
  about.add("size", human_bytes(version->size_bytes));
  about.add("aliases", aliases_of(model, version->version, {}));
  about.add("artifact", version->artifact.is_set()
                          ? to_string(version->artifact)
                          : "not read yet");
  about.add("origin", printable(version->storage_uri));
  about.add("registered", local_time(version->registered_at) + ", "
                            + printable(version->subject));
  for (const auto& [name, value] : version->labels)
    about.add("label", printable(name) + " = " + printable(value));
  about.add("trace", printable(version->trace_id));
  const auto variants = variants_text(model, which.version, on);
  return painted(to_string(which.model) + " " + to_string(version->version),
                 tint::strong, on)
         + "\n" + about.text() + (variants.empty() ? "" : "\n" + variants);
}

expected<std::string> variant_text(const target& which,
                                   const model_details& model,
                                   const screen& on) {
  TRIVIUM_TRY(const auto* const variant, need_variant(which, model));
  facts about;
  about.add("state", painted(to_string(variant->state),
                             tint_of(to_string(variant->state)), on));
  about.add("reason", printable(variant->reason));
  about.add("aliases",
            aliases_of(model, variant->version, variant->recipe_digest));
  about.add("size", sizes(*variant));
  about.add("tensors", human_count(variant->tensors_quantized)
                         + " quantized of " + human_count(variant->tensors));
  about.add("artifact",
            variant->artifact.is_set() ? to_string(variant->artifact) : "");
  about.add("made from", to_string(variant->source));
  about.add("recipe", to_string(variant->recipe_digest));
  about.add("job",
            printable(variant->job) + ", " + printable(variant->subject));
  about.add("changed", local_time(variant->changed_at));
  about.add("trace", printable(variant->trace_id));
  return painted(to_string(which.model) + " " + to_string(variant->version)
                   + " " + printable(variant->recipe),
                 tint::strong, on)
         + "\n" + about.text()
         + (variant->checked.is_judged() ? "\n" + text_of(variant->checked)
                                         : "");
}

std::string alias_text(const resolved_artifact& resolved, const screen& on) {
  const auto& alias = resolved.alias;
  facts about;
  about.add("version", to_string(alias.version));
  about.add("recipe", alias.recipe_digest.is_set()
                        ? to_string(alias.recipe_digest)
                        : "none, the version's own files");
  about.add("artifact", to_string(alias.artifact));
  about.add("format", std::string{to_string(resolved.files.format)});
  about.add("revision", std::to_string(resolved.at));
  about.add("moved",
            local_time(alias.moved_at) + ", " + printable(alias.subject));
  about.add("reason", printable(alias.reason));
  fitted_table files{
    {{"file", 9}, {"role", 3}, {"size", 5, true}, {"sha256", 2}}};
  for (const auto& file : resolved.files.files)
    files.add({printable(file.path), to_string(file.role),
               human_bytes(file.size), abbreviated(file.sha256)});
  return painted(to_string(alias.model) + "@" + printable(alias.alias),
                 tint::strong, on)
         + "\n" + about.text() + "\n" + files.text(on);
}

} // namespace trivium::tools::repl

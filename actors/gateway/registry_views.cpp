#include "actors/gateway/registry_views.hpp"

#include "messages/values/keys.hpp"
#include "storage/records/records.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace trivium::actors {

namespace {

/// What a model's keys hold, decoded.
struct decoded_model {
  std::vector<version_record> versions;
  std::vector<variant_record> variants;
  std::vector<std::pair<alias_record, revision>> aliases;
};

expected<void> take(const key_value& stored, decoded_model& into) {
  if (keys::is_version(stored.key)) {
    TRIVIUM_TRY(auto record, storage::decode_version(stored.value));
    into.versions.push_back(std::move(record));
  } else if (keys::is_variant(stored.key)) {
    TRIVIUM_TRY(auto record, storage::decode_variant(stored.value));
    into.variants.push_back(std::move(record));
  } else if (keys::is_alias(stored.key)) {
    TRIVIUM_TRY(auto record, storage::decode_alias(stored.value));
    into.aliases.emplace_back(std::move(record), stored.modified);
  }
  return {};
}

expected<std::map<model_ref, decoded_model>>
decode_all(std::span<const key_value> stored) {
  std::map<model_ref, decoded_model> models;
  for (const auto& one : stored) {
    // models/{ns}/{id}/…
    const auto space = one.key.find('/') + 1;
    const auto name = one.key.find('/', space) + 1;
    const auto end = one.key.find('/', name);
    if (space == 0 || name == 0 || end == std::string::npos)
      continue;
    TRIVIUM_CHECK(take(one, models[{one.key.substr(space, name - space - 1),
                                    one.key.substr(name, end - name)}]));
  }
  return models;
}

model_summary summary_of(const model_ref& model, const decoded_model& decoded) {
  model_summary made;
  made.model = model;
  made.versions = decoded.versions.size();
  made.variants = decoded.variants.size();
  const semver* newest = nullptr;
  for (const auto& version : decoded.versions) {
    if (newest == nullptr || *newest < version.version)
      newest = &version.version;
    made.changed_at = std::max(made.changed_at, version.registered_at);
  }
  made.newest = newest == nullptr ? std::string{} : to_string(*newest);
  for (const auto& variant : decoded.variants)
    made.changed_at = std::max(made.changed_at, variant.changed_at);
  for (const auto& [alias, at] : decoded.aliases) {
    made.aliases.push_back(alias);
    made.changed_at = std::max(made.changed_at, alias.moved_at);
  }
  return made;
}

// --- history -----------------------------------------------------------------

using recipe_names = std::map<digest, std::string>;

std::string target_of(const alias_record& alias, const recipe_names& recipes) {
  auto text = to_string(alias.version);
  if (!alias.recipe_digest.is_set())
    return text;
  const auto known = recipes.find(alias.recipe_digest);
  return text + " "
         + (known == recipes.end() ? abbreviated(alias.recipe_digest)
                                   : known->second);
}

bool is_told(const change& one) {
  const auto& key = one.after.key;
  return keys::is_version(key) || keys::is_variant(key) || keys::is_alias(key);
}

expected<history_entry> entry_of(const change& one,
                                 const recipe_names& recipes) {
  const auto& stored = one.after;
  history_entry entry;
  entry.at_revision = stored.modified;
  if (one.is_erase) {
    entry.what = "erased " + stored.key;
    return entry;
  }
  if (keys::is_version(stored.key)) {
    TRIVIUM_TRY(const auto record, storage::decode_version(stored.value));
    entry.at = record.registered_at;
    entry.subject = record.subject;
    entry.trace_id = record.trace_id;
    entry.what = to_string(record.version) + " registered, artifact "
                 + abbreviated(record.artifact);
  } else if (keys::is_variant(stored.key)) {
    TRIVIUM_TRY(const auto record, storage::decode_variant(stored.value));
    entry.at = record.changed_at;
    entry.subject = record.subject;
    entry.trace_id = record.trace_id;
    entry.reason = record.reason;
    entry.what = to_string(record.version) + " " + record.recipe + " "
                 + std::string{to_string(record.state)};
    if (record.checked.is_judged())
      entry.what += ", " + std::string{to_string(record.checked.verdict)};
  } else {
    TRIVIUM_TRY(const auto record, storage::decode_alias(stored.value));
    entry.at = record.moved_at;
    entry.subject = record.subject;
    entry.trace_id = record.trace_id;
    entry.reason = record.reason;
    entry.what = record.alias + " → " + target_of(record, recipes);
  }
  return entry;
}

// --- lineage -----------------------------------------------------------------

std::vector<std::string> aliases_of(const decoded_model& model,
                                    const semver& version,
                                    const digest& recipe) {
  std::vector<std::string> names;
  for (const auto& [alias, at] : model.aliases)
    if (alias.version == version && alias.recipe_digest == recipe)
      names.push_back(alias.alias);
  return names;
}

void add_lineage(const model_ref& ref, const decoded_model& model,
                 std::vector<lineage_entry>& into) {
  for (const auto& version : model.versions) {
    lineage_entry entry;
    entry.artifact = version.artifact;
    entry.model = ref;
    entry.version = version.version;
    entry.origin = version.storage_uri;
    entry.state = to_string(version.state);
    entry.subject = version.subject;
    entry.at = version.registered_at;
    entry.aliases = aliases_of(model, version.version, {});
    into.push_back(std::move(entry));
  }
  for (const auto& variant : model.variants) {
    if (!variant.artifact.is_set())
      continue; // being made, or failed: there is nothing that came of it
    lineage_entry entry;
    entry.artifact = variant.artifact;
    entry.parent = variant.source;
    entry.model = ref;
    entry.version = variant.version;
    entry.recipe = variant.recipe;
    entry.state = to_string(variant.state);
    entry.verdict = variant.checked.verdict;
    entry.job = variant.job;
    entry.subject = variant.subject;
    entry.at = variant.changed_at;
    entry.aliases = aliases_of(model, variant.version, variant.recipe_digest);
    into.push_back(std::move(entry));
  }
}

/// The entries of `all` that `wanted` names, those they came from and those
/// that came from them.
std::vector<lineage_entry> family(const std::vector<lineage_entry>& all,
                                  const std::vector<bool>& wanted) {
  std::set<digest> parents;
  std::set<digest> artifacts;
  for (size_t i = 0; i < all.size(); ++i)
    if (wanted[i]) {
      artifacts.insert(all[i].artifact);
      if (all[i].parent.is_set())
        parents.insert(all[i].parent);
    }
  auto is_in = wanted;
  for (size_t i = 0; i < all.size(); ++i)
    is_in[i] = is_in[i] || parents.contains(all[i].artifact)
               || artifacts.contains(all[i].parent);
  std::vector<lineage_entry> found;
  for (size_t i = 0; i < all.size(); ++i)
    if (is_in[i])
      found.push_back(all[i]);
  std::stable_partition(found.begin(), found.end(), [](const auto& entry) {
    return !entry.parent.is_set();
  });
  return found;
}

} // namespace

expected<model_list> list_models(std::span<const key_value> stored,
                                 const std::string& name_space,
                                 const std::string& name_prefix, size_t limit) {
  TRIVIUM_TRY(const auto models, decode_all(stored));
  model_list list;
  for (const auto& [ref, decoded] : models) {
    if (ref.name_space != name_space || !ref.model.starts_with(name_prefix))
      continue;
    if (list.models.size() == limit) {
      list.is_cut = true;
      break;
    }
    list.models.push_back(summary_of(ref, decoded));
  }
  return list;
}

expected<model_details> details_of(std::span<const key_value> stored,
                                   const model_ref& model) {
  TRIVIUM_TRY(auto models, decode_all(stored));
  const auto found = models.find(model);
  if (found == models.end())
    return fail(ec::not_found, "no model " + to_string(model));
  model_details details;
  details.versions = std::move(found->second.versions);
  std::sort(details.versions.begin(), details.versions.end(),
            [](const auto& a, const auto& b) { return a.version < b.version; });
  details.variants = std::move(found->second.variants);
  for (auto& [alias, at] : found->second.aliases) {
    details.aliases.push_back(std::move(alias));
    details.alias_revisions.push_back(at);
  }
  return details;
}

expected<history_list> history_of(std::span<const change> changes,
                                  std::span<const key_value> model,
                                  size_t limit) {
  TRIVIUM_TRY(const auto models, decode_all(model));
  recipe_names recipes;
  for (const auto& [ref, decoded] : models)
    for (const auto& variant : decoded.variants)
      recipes.emplace(variant.recipe_digest, variant.recipe);
  history_list list;
  for (const auto& one : changes) {
    if (!is_told(one))
      continue;
    TRIVIUM_TRY(auto entry, entry_of(one, recipes));
    list.entries.push_back(std::move(entry));
  }
  std::stable_sort(
    list.entries.begin(), list.entries.end(),
    [](const auto& a, const auto& b) { return a.at_revision < b.at_revision; });
  list.is_cut = list.entries.size() > limit;
  if (list.is_cut)
    list.entries.erase(list.entries.begin(),
                       list.entries.end() - static_cast<ptrdiff_t>(limit));
  return list;
}

expected<std::vector<lineage_entry>>
lineage_of(std::span<const key_value> stored, const lineage_query& query) {
  TRIVIUM_TRY(const auto models, decode_all(stored));
  std::vector<lineage_entry> all;
  for (const auto& [ref, decoded] : models)
    add_lineage(ref, decoded, all);
  std::vector<bool> wanted(all.size());
  auto is_any = false;
  for (size_t i = 0; i < all.size(); ++i) {
    const auto& entry = all[i];
    wanted[i] = !query.artifact.empty()
                  ? entry.artifact.is_set()
                      && to_string(entry.artifact).starts_with(query.artifact)
                  : entry.model == query.model
                      && (query.version.empty()
                          || to_string(entry.version) == query.version);
    is_any = is_any || wanted[i];
  }
  if (!is_any)
    return fail(ec::not_found,
                query.artifact.empty()
                  ? "no artifact of " + to_string(query.model)
                      + (query.version.empty() ? "" : " " + query.version)
                  : "no artifact " + printable(query.artifact));
  return family(all, wanted);
}

expected<alias_record> rollback_target(std::span<const change> changes,
                                       revision to) {
  if (changes.empty() || changes.back().is_erase)
    return fail(ec::not_found, "no such alias");
  TRIVIUM_TRY(const auto now,
              storage::decode_alias(changes.back().after.value));
  for (auto it = changes.rbegin(); it != changes.rend(); ++it) {
    if (it->is_erase || (to != 0 && it->after.modified > to))
      continue;
    TRIVIUM_TRY(auto was, storage::decode_alias(it->after.value));
    if (to != 0)
      return was;
    if (was.version != now.version || was.recipe_digest != now.recipe_digest)
      return was;
  }
  return fail(ec::failed_precondition,
              to == 0 ? now.alias + " has pointed nowhere else yet"
                      : now.alias + " did not exist at revision "
                          + std::to_string(to));
}

expected<variant_record> find_variant(const model_details& details,
                                      const semver& version,
                                      const std::string& recipe) {
  const variant_record* found = nullptr;
  for (const auto& variant : details.variants)
    if (variant.version == version && variant.recipe == recipe
        && (found == nullptr || found->changed_at < variant.changed_at))
      found = &variant;
  if (found != nullptr)
    return *found;
  for (const auto& variant : details.variants) {
    if (variant.version != version || recipe.size() < 6
        || !to_string(variant.recipe_digest).starts_with(recipe))
      continue;
    if (found != nullptr)
      return fail(ec::failed_precondition,
                  "recipe digest " + printable(recipe)
                    + " fits several variants; give more digits");
    found = &variant;
  }
  if (found == nullptr)
    return fail(ec::not_found, "version " + to_string(version)
                                 + " has no variant \"" + printable(recipe)
                                 + "\"");
  return *found;
}

expected<std::string> origin_of(std::span<const key_value> stored,
                                const digest& artifact) {
  TRIVIUM_TRY(const auto models, decode_all(stored));
  for (const auto& [ref, decoded] : models)
    for (const auto& version : decoded.versions)
      if (version.artifact == artifact)
        return version.storage_uri;
  return fail(ec::not_found,
              "no version holds artifact " + abbreviated(artifact));
}

} // namespace trivium::actors

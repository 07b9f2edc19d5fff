#include "tests/chaos/simulation/timeline.hpp"

#include "messages/values/keys.hpp"
#include "storage/records/records.hpp"

namespace trivium::test {

const key_value* timeline::find(const std::string& key, revision at) const {
  const auto found = state_.keys.find(key);
  if (found == state_.keys.end())
    return nullptr;
  const change* last = nullptr;
  for (const auto& one : found->second)
    if (one.after.modified <= at)
      last = &one;
  return last == nullptr || last->is_erase ? nullptr : &last->after;
}

std::vector<const key_value*> timeline::below(const std::string& prefix,
                                              revision at) const {
  std::vector<const key_value*> found;
  for (auto one = state_.keys.lower_bound(prefix);
       one != state_.keys.end() && one->first.starts_with(prefix); ++one)
    if (const auto* entry = find(one->first, at))
      found.push_back(entry);
  return found;
}

std::optional<registration_record>
timeline::registration(const model_ref& model, revision at) const {
  const auto* entry = find(registration_key(model), at);
  if (entry == nullptr)
    return std::nullopt;
  return storage::decode_registration(entry->value).value();
}

std::optional<version_record> timeline::version(const model_ref& model,
                                                const semver& version,
                                                revision at) const {
  const auto* entry = find(version_key(model, version), at);
  if (entry == nullptr)
    return std::nullopt;
  return storage::decode_version(entry->value).value();
}

std::optional<alias_record> timeline::alias(const alias_ref& alias,
                                            revision at) const {
  const auto* entry = find(alias_key(alias), at);
  if (entry == nullptr)
    return std::nullopt;
  return storage::decode_alias(entry->value).value();
}

std::vector<version_record> timeline::versions(const model_ref& model,
                                               revision at) const {
  std::vector<version_record> found;
  for (const auto* entry : below(keys::versions_prefix(model).value(), at))
    found.push_back(storage::decode_version(entry->value).value());
  return found;
}

std::vector<alias_record> timeline::aliases(const model_ref& model,
                                            revision at) const {
  std::vector<alias_record> found;
  for (const auto* entry : below(keys::aliases_prefix(model).value(), at))
    found.push_back(storage::decode_alias(entry->value).value());
  return found;
}

std::vector<event_record> timeline::events(revision at) const {
  std::vector<event_record> found;
  for (const auto& one : changes(at))
    if (one.after.key.starts_with(keys::events_prefix))
      found.push_back(storage::decode_event(one.after.value).value());
  return found;
}

std::string registration_key(const model_ref& model) {
  return keys::metadata(model).value();
}

std::string version_key(const model_ref& model, const semver& version) {
  return keys::version(model, version).value();
}

std::string alias_key(const alias_ref& alias) {
  return keys::alias(alias.model, alias.alias).value();
}

} // namespace trivium::test

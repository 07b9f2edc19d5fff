#include "actors/registry/model_book.hpp"

#include "messages/values/keys.hpp"
#include "storage/records/records.hpp"

#include <algorithm>

namespace trivium::actors {

namespace {

bool is_kept(const std::string& key) {
  return keys::is_variant(key) || keys::is_version(key) || keys::is_alias(key)
         || keys::is_registration(key);
}

} // namespace

expected<void> model_book::take(const key_value& entry) {
  const auto& [key, value, created, at, count, lease] = entry;
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
  } else if (keys::is_registration(key)) {
    TRIVIUM_TRY(auto record, storage::decode_registration(value));
    registration_ =
      standing_registration{std::move(record), at, created, lease, false};
  }
  return {};
}

bool model_book::is_current(std::span<const key_value> stored) const {
  size_t keys = 0;
  for (const auto& entry : stored) {
    if (!is_kept(entry.key))
      continue;
    if (held_at(entry.key) != entry.modified)
      return false;
    ++keys;
  }
  const auto held = versions_.size() + variants_.size() + aliases_.size()
                    + (registration_ ? 1 : 0);
  return keys == held;
}

revision model_book::held_at(const std::string& key) const {
  const auto in = [&](const auto& map) {
    const auto found = map.find(key);
    return found == map.end() ? 0 : found->second.modified;
  };
  if (keys::is_registration(key))
    return registration_ ? registration_->modified : 0;
  return keys::is_variant(key) ? in(variants_)
         : keys::is_alias(key) ? in(aliases_)
                               : in(versions_);
}

void model_book::drop(const std::string& key) {
  variants_.erase(key);
  versions_.erase(key);
  aliases_.erase(key);
  if (keys::is_registration(key))
    registration_.reset();
}

expected<void> model_book::load(std::span<const key_value> stored_keys) {
  versions_.clear();
  variants_.clear();
  aliases_.clear();
  registration_.reset();
  for (const auto& entry : stored_keys)
    TRIVIUM_CHECK(take(entry));
  return {};
}

expected<void> model_book::committed(const transaction& change,
                                     const commit_result& result) {
  for (const auto& operation : change.then) {
    if (const auto* gone = std::get_if<erase>(&operation))
      drop(gone->key);
    const auto* written = std::get_if<put>(&operation);
    if (written == nullptr)
      continue;
    key_value now;
    now.key = written->key;
    now.value = written->value;
    now.modified = result.at;
    now.created = registration_ ? registration_->created : result.at;
    now.lease = written->lease == new_lease ? result.lease : written->lease;
    TRIVIUM_CHECK(take(now));
  }
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

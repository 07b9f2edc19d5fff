#include "actors/gateway/requests/alias_requests.hpp"

#include "actors/gateway/registry_views.hpp"
#include "messages/values/keys.hpp"

namespace trivium::actors {

namespace {

checked<digest> recipe_of(const storage::metadata_store& store,
                          const model_ref& model, const semver& version,
                          const std::string& recipe) {
  if (recipe.empty())
    return digest{};
  TRIVIUM_CHECKED(const auto prefix,
                  passed(keys::variants_prefix(model, version)));
  TRIVIUM_CHECKED(const auto stored, passed(store.range(prefix)));
  TRIVIUM_CHECKED(const auto details, passed(details_of(stored, model)));
  TRIVIUM_CHECKED(const auto variant,
                  passed(find_variant(details, version, recipe)));
  return variant.recipe_digest;
}

/// Where an alias shall point.
template <class Request>
checked<promote> target_of(const Request& request, const request_rules& rules,
                           const storage::metadata_store& store) {
  promote command;
  TRIVIUM_CHECKED(command.model, checked_model(request.namespace_(),
                                               request.model_id(), rules));
  TRIVIUM_CHECKED(command.version, checked_version(request.version()));
  TRIVIUM_CHECKED(command.reason, checked_reason(request.reason()));
  TRIVIUM_CHECKED(
    command.recipe_digest,
    recipe_of(store, command.model, command.version, request.recipe()));
  if (request.has_expected_revision())
    command.expected_at = request.expected_revision();
  return command;
}

/// The model's schemas as they were at revision `at`, where they differ.
checked<std::vector<put>> schemas_of(const storage::metadata_store& store,
                                     const model_ref& model, revision at) {
  std::vector<put> changed;
  TRIVIUM_CHECKED(auto prefix, passed(keys::model_prefix(model)));
  prefix += "schemas/";
  TRIVIUM_CHECKED(const auto now, passed(store.range(prefix)));
  if (now.empty())
    return changed;
  TRIVIUM_CHECKED(const auto then, passed(store.range(prefix, at)));
  for (const auto& schema : then) {
    const auto is_same = [&](const key_value& one) {
      return one.key == schema.key && one.value == schema.value;
    };
    if (std::none_of(now.begin(), now.end(), is_same))
      changed.push_back(put{schema.key, schema.value});
  }
  return changed;
}

} // namespace

checked<promote> checked_set_alias(const v1::SetAliasRequest& request,
                                   const request_rules& rules,
                                   const storage::metadata_store& store) {
  TRIVIUM_CHECKED(const auto alias, checked_name("alias", request.alias()));
  if (alias == guarded_alias)
    return refuse({ec::failed_precondition,
                   "alias production is moved by Promote and Rollback alone"},
                  "alias");
  TRIVIUM_CHECKED(auto command, target_of(request, rules, store));
  command.alias = alias;
  command.allow_unverified = true;
  if (request.has_weight()) {
    if (request.weight() > 100)
      return refuse({ec::invalid_argument, "weight is "
                                             + std::to_string(request.weight())
                                             + "; wanted 0 to 100 percent"},
                    "weight");
    command.weight = request.weight();
  }
  return command;
}

checked<promote> checked_promotion(const v1::PromoteRequest& request,
                                   const request_rules& rules,
                                   const storage::metadata_store& store) {
  TRIVIUM_CHECKED(auto command, target_of(request, rules, store));
  if (!request.alias().empty()) {
    TRIVIUM_CHECKED(command.alias, checked_name("alias", request.alias()));
  }
  command.allow_unverified = request.allow_unverified();
  return command;
}

checked<delete_alias>
checked_delete_alias(const v1::DeleteAliasRequest& request,
                     const request_rules& rules) {
  delete_alias command;
  TRIVIUM_CHECKED(
    command.alias.model,
    checked_model(request.namespace_(), request.model_id(), rules));
  TRIVIUM_CHECKED(command.alias.alias, checked_name("alias", request.alias()));
  TRIVIUM_CHECKED(command.reason, checked_reason(request.reason()));
  if (request.has_expected_revision())
    command.expected_at = request.expected_revision();
  return command;
}

checked<promote> checked_rollback(const v1::RollbackRequest& request,
                                  const request_rules& rules,
                                  const storage::metadata_store& store) {
  promote command;
  TRIVIUM_CHECKED(command.model, checked_model(request.namespace_(),
                                               request.model_id(), rules));
  if (!request.alias().empty()) {
    TRIVIUM_CHECKED(command.alias, checked_name("alias", request.alias()));
  }
  TRIVIUM_CHECKED(command.reason, checked_reason(request.reason()));
  TRIVIUM_CHECKED(const auto key,
                  passed(keys::alias(command.model, command.alias)));
  TRIVIUM_CHECKED(const auto changes, passed(store.history(key)));
  if (changes.empty())
    return refuse({ec::not_found, to_string(command.model) + " has no alias \""
                                    + command.alias + "\""});
  TRIVIUM_CHECKED(const auto was,
                  passed(rollback_target(changes, request.to_revision())));
  command.version = was.version;
  command.recipe_digest = was.recipe_digest;
  command.weight = was.weight;
  command.allow_unverified = true;
  command.expected_at = changes.back().after.modified;
  if (command.reason.empty())
    command.reason = "rollback";
  if (request.to_revision() != 0) {
    TRIVIUM_CHECKED(command.beside,
                    schemas_of(store, command.model, request.to_revision()));
  }
  return command;
}

} // namespace trivium::actors

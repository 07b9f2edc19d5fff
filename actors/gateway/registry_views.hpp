#pragma once

#include "messages/values/control.hpp"
#include "messages/values/ec.hpp"
#include "messages/values/transaction.hpp"

#include <span>
#include <string>
#include <vector>

/// What doors show of the registry, made of stored keys. No actor, no disk.
/// Errors: data_loss, and those that are named.
namespace trivium::actors {

/// One line a model, in the order of the names; `limit` > 0.
[[nodiscard]] expected<model_list> list_models(std::span<const key_value> keys,
                                               const std::string& name_space,
                                               const std::string& name_prefix,
                                               size_t limit);

/// Error: not_found (nothing is stored about the model).
[[nodiscard]] expected<model_details>
details_of(std::span<const key_value> keys, const model_ref& model);

/// The newest `limit` of what `changes` tell, oldest first. `model` has the
/// model's keys, which know the names of recipes.
[[nodiscard]] expected<history_list>
history_of(std::span<const change> changes, std::span<const key_value> model,
           size_t limit);

/// Artifacts with their origins, parents before their children. Error:
/// not_found.
[[nodiscard]] expected<std::vector<lineage_entry>>
lineage_of(std::span<const key_value> keys, const lineage_query& query);

/// Where an alias points if it is rolled back: as of revision `to`, or, for 0,
/// the last target that differs from the present one. `changes` is the alias's
/// history, oldest first. Error: failed_precondition (there is none).
[[nodiscard]] expected<alias_record>
rollback_target(std::span<const change> changes, revision to);

/// The variant that `recipe` (name, or hex digits of its digest) names; among
/// several of one name the one that changed last. Errors: not_found,
/// failed_precondition (digits that fit several).
[[nodiscard]] expected<variant_record>
find_variant(const model_details& details, const semver& version,
             const std::string& recipe);

/// A version's own URI from which a missing blob of `artifact` can come. Error:
/// not_found.
[[nodiscard]] expected<std::string> origin_of(std::span<const key_value> keys,
                                              const digest& artifact);

} // namespace trivium::actors

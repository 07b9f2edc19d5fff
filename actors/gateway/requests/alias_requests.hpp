#pragma once

#include "actors/gateway/requests/registration_request.hpp"
#include "storage/metadata/metadata_store.hpp"

/// Requests that move aliases, as commands of the registry. A variant's name is
/// looked up in what stands; whether the alias may move there the model
/// decides. Errors: those of the checks, not_found, failed_precondition.
namespace trivium::actors {

/// The alias that the gate guards: moved by Promote and Rollback alone.
inline constexpr std::string_view guarded_alias = "production";

[[nodiscard]] checked<promote>
checked_set_alias(const v1::SetAliasRequest& request,
                  const request_rules& rules,
                  const storage::metadata_store& store);

[[nodiscard]] checked<promote>
checked_promotion(const v1::PromoteRequest& request, const request_rules& rules,
                  const storage::metadata_store& store);

[[nodiscard]] checked<delete_alias>
checked_delete_alias(const v1::DeleteAliasRequest& request,
                     const request_rules& rules);

/// What the alias was then: its target, weight, and the schemas beside it. What
/// stood there once passed its gate, or was let through it, then. Reads from
/// the disk. Errors also: compacted, conflict (it moves meanwhile).
[[nodiscard]] checked<promote>
checked_rollback(const v1::RollbackRequest& request, const request_rules& rules,
                 const storage::metadata_store& store);

} // namespace trivium::actors

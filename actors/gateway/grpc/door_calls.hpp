#pragma once

#include "actors/gateway/grpc/registry_door.hpp"
#include "actors/gateway/grpc/unary_method.hpp"

#include "trivium/v1/registry.grpc.pb.h"

namespace trivium::actors {

using registry_service = v1::ModelRegistry::AsyncService;

template <class Request, class Response>
using registry_method = unary_method<registry_service, Request, Response>;

/// What the handlers of calls work with.
struct door_context {
  registry_door_options options;
  std::shared_ptr<const session_services> services;

  [[nodiscard]] const request_rules& rules() const { return services->rules; }

  [[nodiscard]] const storage::metadata_store& store() const {
    return *services->metadata;
  }
  [[nodiscard]] const registrar_actor& registrar() const {
    return services->actors.registrar;
  }
  [[nodiscard]] const registry_actor& registry() const {
    return services->actors.services.registry;
  }
};

using shared_context = std::shared_ptr<const door_context>;

using register_method =
  registry_method<v1::ModelRegistrationRequest, v1::ModelRegistrationResponse>;
using get_method =
  registry_method<v1::GetModelVersionRequest, v1::ModelVersion>;
using list_method =
  registry_method<v1::ListRegistrationsRequest, v1::ListRegistrationsResponse>;
using delete_method = registry_method<v1::DeleteRequest, v1::DeleteResponse>;
using set_alias_method = registry_method<v1::SetAliasRequest, v1::Alias>;
using delete_alias_method =
  registry_method<v1::DeleteAliasRequest, v1::DeleteAliasResponse>;
using promote_method = registry_method<v1::PromoteRequest, v1::Alias>;
using rollback_method = registry_method<v1::RollbackRequest, v1::Alias>;
using history_method = registry_method<v1::HistoryRequest, v1::HistoryResponse>;
using txn_method = registry_method<v1::TxnRequest, v1::TxnResponse>;
using grant_method = registry_method<v1::GrantLeaseRequest, v1::Lease>;
using revoke_method =
  registry_method<v1::RevokeLeaseRequest, v1::RevokeLeaseResponse>;
using lineage_method = registry_method<v1::LineageRequest, v1::LineageResponse>;

using register_call = register_method::call;
using get_call = get_method::call;
using list_call = list_method::call;
using delete_call = delete_method::call;
using set_alias_call = set_alias_method::call;
using delete_alias_call = delete_alias_method::call;
using promote_call = promote_method::call;
using rollback_call = rollback_method::call;
using history_call = history_method::call;
using txn_call = txn_method::call;
using grant_call = grant_method::call;
using revoke_call = revoke_method::call;
using lineage_call = lineage_method::call;

// The calls, by theme. Each is answered, now or later.
void take_registration(const shared_context& door, const register_call& call);

void get_version(const shared_context& door, const get_call& call);
void list_models(const shared_context& door, const list_call& call);
void tell_history(const shared_context& door, const history_call& call);
void tell_lineage(const shared_context& door, const lineage_call& call);

void delete_model_version(const shared_context& door, const delete_call& call);
void set_alias(const shared_context& door, const set_alias_call& call);
void remove_alias(const shared_context& door, const delete_alias_call& call);
void promote_version(const shared_context& door, const promote_call& call);
void roll_back_alias(const shared_context& door, const rollback_call& call);

void carry_out_transaction(const shared_context& door, const txn_call& call);

void grant_new_lease(const shared_context& door, const grant_call& call);
void revoke_granted_lease(const shared_context& door, const revoke_call& call);

} // namespace trivium::actors

#pragma once

#include "messages/values/registrations.hpp"

#include "trivium/v1/control.pb.h"
#include "trivium/v1/registry.pb.h"

namespace trivium {

[[nodiscard]] v1::ModelRegistrationRequest
to_wire(const register_model& wanted);
[[nodiscard]] v1::GetModelVersionRequest to_wire(const version_query& wanted);
[[nodiscard]] v1::ListRegistrationsRequest
to_wire(const registration_query& wanted);
[[nodiscard]] v1::DeleteRequest to_wire(const delete_model& wanted);
[[nodiscard]] v1::SetAliasRequest to_wire(const alias_setting& wanted);
[[nodiscard]] v1::DeleteAliasRequest to_wire(const delete_alias& wanted);

/// Its namespace and model travel beside it.
[[nodiscard]] v1::EventFilter to_wire(const event_query& wanted);

/// Errors of all: data_loss, unsupported.
[[nodiscard]] expected<model_registered>
from_wire(const v1::ModelRegistrationResponse& wire);
[[nodiscard]] expected<registered_version>
from_wire(const v1::ModelVersion& wire);
[[nodiscard]] expected<registration_list>
from_wire(const v1::ListRegistrationsResponse& wire);
[[nodiscard]] expected<promoted> from_wire(const v1::Alias& wire);

[[nodiscard]] lease_status from_wire(const v1::Lease& wire);

} // namespace trivium

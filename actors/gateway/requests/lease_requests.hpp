#pragma once

#include "actors/gateway/refusal.hpp"
#include "messages/values/commands.hpp"
#include "storage/metadata/metadata_store.hpp"

#include "trivium/v1/registry.pb.h"

namespace trivium::actors {

/// What grants the lease, for the writer.
[[nodiscard]] checked<transaction>
checked_grant(const v1::GrantLeaseRequest& request);

/// Of `lease_id`: 0 is none.
[[nodiscard]] checked<lease_id> checked_lease(uint64_t lease_id);

/// One that a registration wants to share; 0: none. Error: not_found.
[[nodiscard]] checked<void> check_shared(const storage::metadata_store& store,
                                         lease_id lease);

/// A lease as it stands.
void write_lease(const storage::metadata_store& store, lease_id lease,
                 v1::Lease& answer);

/// Gives the lease its whole time again and tells it.
void renew_lease(storage::metadata_store& store, lease_id lease,
                 v1::Lease& answer);

} // namespace trivium::actors

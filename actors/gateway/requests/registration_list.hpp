#pragma once

#include "actors/gateway/requests/registration_request.hpp"
#include "storage/metadata/metadata_store.hpp"

#include "trivium/v1/registry.pb.h"

namespace trivium::actors {

/// One page of the models that are registered. Looks at a bounded number of
/// models, so a page may be short, even empty, and still have a next one. The
/// token names the revision of the first page and the last model seen. May read
/// from the disk. Errors: invalid_argument, compacted, data_loss.
[[nodiscard]] checked<void>
list_registrations(const storage::metadata_store& store,
                   const v1::ListRegistrationsRequest& request,
                   const request_rules& rules,
                   v1::ListRegistrationsResponse& answer);

} // namespace trivium::actors

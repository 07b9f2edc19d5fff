#pragma once

#include "actors/gateway/requests/registration_request.hpp"
#include "storage/metadata/metadata_store.hpp"

#include "trivium/v1/registry.pb.h"

namespace trivium::actors {

/// Reads of the registry for network doors: no actor is asked. What stands at
/// the head is in memory; older revisions come from the disk.

/// True where the answer may need the disk.
[[nodiscard]] bool reads_past(const v1::GetModelVersionRequest& request);

/// Errors: not_found, compacted, invalid_argument, data_loss.
[[nodiscard]] checked<void>
read_version(const storage::metadata_store& store,
             const v1::GetModelVersionRequest& request,
             const request_rules& rules, v1::ModelVersion& answer);

/// An alias as it is told.
void write_alias(const alias_record& record, revision modified,
                 v1::Alias& answer);

} // namespace trivium::actors

#pragma once

#include "actors/gateway/requests/registration_request.hpp"
#include "storage/metadata/metadata_store.hpp"

#include "trivium/v1/registry.pb.h"

/// What network doors tell of the past; reads from the disk.
namespace trivium::actors {

/// What happened to a model, or to one of its aliases. Errors: not_found
/// (nothing is known of it), invalid_argument, data_loss.
[[nodiscard]] checked<void> read_past(const storage::metadata_store& store,
                                      const v1::HistoryRequest& request,
                                      const request_rules& rules,
                                      v1::HistoryResponse& answer);

/// Errors: not_found, invalid_argument, data_loss.
[[nodiscard]] checked<void> read_lineage(const storage::metadata_store& store,
                                         const v1::LineageRequest& request,
                                         const request_rules& rules,
                                         v1::LineageResponse& answer);

} // namespace trivium::actors

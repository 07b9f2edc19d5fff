#pragma once

#include "actors/gateway/requests/registration_request.hpp"
#include "messages/values/envelope.hpp"
#include "storage/metadata/metadata_store.hpp"

#include "trivium/v1/registry.pb.h"

#include <functional>

namespace trivium::actors {

/// One store transaction that carries out what a client's Txn asks for, if what
/// it was planned against still stands.
struct txn_plan {
  transaction change; ///< `then` is empty where nothing is written.
  revision at = 0;    ///< Planned against this one.
  /// Fills in the response once it is committed.
  std::function<void(const commit_result&, v1::TxnResponse&)> write;
};

/// Compares, chooses a branch, and lets the books of its models carry out each
/// operation in turn, each seeing what those before it did. No actor is asked.
/// Where two of them write one key the last one counts. Errors: those of each
/// operation.
[[nodiscard]] checked<txn_plan> plan_txn(const storage::metadata_store& store,
                                         const v1::TxnRequest& request,
                                         const request_rules& rules,
                                         const envelope& from, unix_ms now);

} // namespace trivium::actors

#pragma once

#include "messages/values/envelope.hpp"
#include "messages/values/records.hpp"
#include "storage/metadata/metadata_store.hpp"

#include <vector>

namespace trivium::actors {

struct lease_end_step {
  transaction change;
  uint64_t released = 0; ///< Registrations that leave discovery with it: 0, 1.
};

/// What ends a lease, to be committed in turn: a registration goes in a
/// transaction with its event, which says `why`. The last one revokes the lease
/// if nothing else was attached to it meanwhile. No clock, no actor. Errors:
/// not_found, data_loss.
[[nodiscard]] expected<std::vector<lease_end_step>>
lease_end(const storage::metadata_store& store, lease_id lease,
          const envelope& from, const std::string& why, unix_ms now);

} // namespace trivium::actors

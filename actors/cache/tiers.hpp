#pragma once

#include "actors/step_types.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <map>
#include <memory>
#include <vector>

namespace trivium::actors {

struct disk_tier_state {
  static inline constexpr const char* name = "disk_tier";

  /// Blobs that are being fetched from the origin, and who waits for each:
  /// single flight a key.
  struct waiter {
    envelope from;
    fetch_blob request;
    caf::typed_response_promise<acknowledged> promise;
  };
  std::map<digest, std::vector<waiter>> fetching;
};

/// Serves blobs that the store on this machine has; asks the origin for the
/// others, once a blob however many wait. Detached: it copies files.
tier_actor::behavior_type
disk_tier(tier_actor::stateful_pointer<disk_tier_state> self,
          std::shared_ptr<storage::artifact_store> store, origin_actor origin);

struct origin_tier_state {
  static inline constexpr const char* name = "origin_tier";
};

/// Fills the store from where a version was registered (file:// so far): finds
/// the model there again and takes it in; whether it still is that artifact,
/// the blob's SHA-256 tells. Detached.
origin_actor::behavior_type
origin_tier(origin_actor::stateful_pointer<origin_tier_state>,
            std::shared_ptr<storage::artifact_store> store);

} // namespace trivium::actors

#pragma once

#include "messages/interfaces/actors.hpp"
#include "storage/metadata/metadata_store.hpp"

#include <caf/stateful_actor.hpp>

#include <chrono>
#include <memory>

namespace trivium::actors {

struct lease_keeper_state {
  static inline constexpr const char* name = "lease_keeper";

  /// A lease ends at most so much after its time.
  static constexpr std::chrono::milliseconds every{500};
  /// Leases that are ended at once.
  static constexpr size_t most = 512;

  size_t under_way = 0; ///< Of those that ended by themselves.

  lease_keeper_state() = default; // no aggregate: CAF would fill it
};

/// Ends leases whose time is over, and those it is asked to end: what they hold
/// leaves discovery, with one event for each model. History stays.
lease_actor::behavior_type
lease_keeper(lease_actor::stateful_pointer<lease_keeper_state> self,
             std::shared_ptr<const storage::metadata_store> store,
             metadata_writer_actor writer);

} // namespace trivium::actors

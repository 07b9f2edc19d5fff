#pragma once

#include "actors/gateway/door.hpp"
#include "actors/gateway/grpc/server_stream.hpp"
#include "actors/gateway/requests/registration_request.hpp"
#include "messages/interfaces/actors.hpp"
#include "storage/metadata/metadata_store.hpp"

#include "trivium/v1/registry.grpc.pb.h"

#include <caf/stateful_actor.hpp>

#include <map>
#include <memory>
#include <set>
#include <vector>

namespace trivium::actors {

using watch_stream =
  server_stream<v1::ModelRegistry::AsyncService, v1::WatchModelsRequest,
                v1::WatchModelsResponse>;
using watch_stream_ptr = watch_stream::pointer;

/// A heartbeat of a lease's holder, for who watches now.
struct told_heartbeat {
  model_ref model;
  std::shared_ptr<const v1::ModelHeartbeat> heartbeat;
};

/// How far a watcher is, and what it wants.
struct watcher {
  watch_stream_ptr stream;
  std::string name_space;
  std::string prefix; ///< Of model names.
  std::set<int> kinds;
  bool heartbeats = false;
  bool progress = false;
  revision next = 0; ///< That it has not been told of.
  revision told = 0; ///< It knows that everything before this has been told.
  bool is_ready = true;
  bool reads_on = false; ///< The hub has told itself to look at the next page.
  /// The last one of each lease, while it is not ready.
  std::map<lease_id, std::shared_ptr<const v1::ModelHeartbeat>> waiting{};
};

/// One page of the log, decoded once for all who are at the same place.
struct log_page {
  revision from = 0;
  revision to = 0; ///< The last one that was looked at.
  std::vector<event_record> events;
};

using watch_hub_actor = caf::typed_actor<
  // Watches, until its client is gone.
  caf::reacts_to<watch_stream_ptr>,
  // The log goes up to this revision.
  caf::reacts_to<revision>,
  // Goes to those who watch this model now.
  caf::reacts_to<told_heartbeat>,
  // This stream has room again.
  caf::reacts_to<op::flush, uint64_t>,
  // Its client is gone.
  caf::reacts_to<op::cancel, uint64_t>, caf::reacts_to<op::tick>>;

struct watch_hub_state {
  static inline constexpr const char* name = "watch_hub";

  std::map<uint64_t, watcher> watchers;
  uint64_t last_id = 0;
  log_page page; ///< The one read last.

  watch_hub_state() = default; // no aggregate: CAF would fill it
  /// However the hub ends: nobody else feeds its watchers.
  ~watch_hub_state();
};

/// Feeds watchers from the log, each at its own pace: nothing waits for a slow
/// one, and nothing is kept for it but its place. Detached: old pages come from
/// the disk.
watch_hub_actor::behavior_type
watch_hub(watch_hub_actor::stateful_pointer<watch_hub_state> self,
          std::shared_ptr<const storage::metadata_store> store,
          event_bus_actor events, request_rules rules);

} // namespace trivium::actors

#define TRIVIUM_GRPC_TYPES(apply)                                              \
  apply(trivium::actors::watch_stream_ptr)                                     \
    apply(trivium::actors::told_heartbeat)

TRIVIUM_GRPC_TYPES(TRIVIUM_LOCAL_TYPE)
#define TRIVIUM_GRPC_TYPE_ID(type) CAF_ADD_TYPE_ID(trivium_grpc, (type))
CAF_BEGIN_TYPE_ID_BLOCK(trivium_grpc, caf::id_block::trivium_door::end)
TRIVIUM_GRPC_TYPES(TRIVIUM_GRPC_TYPE_ID)
CAF_END_TYPE_ID_BLOCK(trivium_grpc)

#pragma once

#include "actors/gateway/backup_worker.hpp"
#include "actors/gateway/notice_window.hpp"
#include "actors/gateway/requests/registration_request.hpp"
#include "actors/node/node_actors.hpp"
#include "messages/interfaces/wire.hpp"

#include <caf/stateful_actor.hpp>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace trivium::actors {

/// What is known of a node beside its actors; shared by its sessions.
struct node_facts {
  node_identity identity;
  std::vector<device_status> devices;
  std::function<uint32_t()> sessions; ///< Clients that are connected.
  std::shared_ptr<std::atomic<bool>> is_draining =
    std::make_shared<std::atomic<bool>>(false);
};

/// What sessions work with.
struct session_services {
  node_actors actors;
  std::shared_ptr<const storage::metadata_store> metadata;
  std::shared_ptr<const storage::artifact_store> artifacts;
  std::shared_ptr<accelerators::executor> executor;
  std::shared_ptr<const node_facts> facts;
  request_rules rules;
  // Detached desks: what has to wait for the disk.
  caf::actor desk;         ///< For changes that are planned,
  caf::actor reading_desk; ///< and for reads, which may take long.
  /// The same store, for keep-alives, which change nothing on the disk.
  std::shared_ptr<storage::metadata_store> leases;
  /// Runs of golden sets under way, each a process.
  std::shared_ptr<std::atomic<uint32_t>> golden_runs =
    std::make_shared<std::atomic<uint32_t>>(0);
  std::shared_ptr<backup_place> backup = std::make_shared<backup_place>();
};

/// Who is at the other end, as the door saw it; what a client says of itself
/// decides nothing.
struct session_peer {
  std::string subject; ///< "local:ann"
  int64_t pid = 0;
};

/// The inner half of a session: whoever may send to it is trusted. A request
/// comes with who asked: notices go there.
using session_actor = caf::typed_actor<
  caf::replies_to<caf::strong_actor_ptr, v1::Request>::with<v1::Reply>,
  caf::reacts_to<revision>,             // of the event bus
  caf::reacts_to<envelope, job_status>, // of the job runner
  caf::reacts_to<client_task>,          // what was done elsewhere comes back
  caf::reacts_to<op::tick>>;

struct session_state {
  static inline constexpr const char* name = "session";

  /// Requests that are answered at once; more are refused.
  static constexpr size_t max_requests = 1024;

  notice_listener_actor client; ///< Of the last request; null before the first.
  std::map<uint64_t, cancel_token> requests; ///< In flight, by their id.
  notice_window notices;
  bool is_ticking = false;

  session_state() = default; // no aggregate: CAF would fill it
  ~session_state() {
    for (auto& [id, token] : requests)
      token.cancel();
  }
};

/// One client's commands and watches. Ends when the client's actor ends.
session_actor::behavior_type
session(session_actor::stateful_pointer<session_state> self,
        std::shared_ptr<const session_services> services, session_peer peer);

/// The outer half, the only actor that a client can address: passes requests
/// on, owns nothing. A client may end it; the door then closes the link.
gateway_actor::behavior_type gateway(gateway_actor::pointer self,
                                     session_actor session);

} // namespace trivium::actors

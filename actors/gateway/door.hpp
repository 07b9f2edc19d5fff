#pragma once

#include "actors/gateway/link_relay.hpp"
#include "actors/gateway/session.hpp"

#include <caf/stateful_actor.hpp>

#include <map>
#include <memory>

namespace trivium::actors {

/// Told by the relay's thread, through messages.
struct link_opened {
  link_id link = 0;
  int inner = -1; ///< Owned by who takes the message.
  link_peer peer;
};
struct link_closed {
  link_id link = 0;
  std::string why;
};

using door_actor =
  caf::typed_actor<caf::reacts_to<link_opened>, caf::reacts_to<link_closed>>;

struct door_state {
  static inline constexpr const char* name = "door";
  struct open_session {
    gateway_actor gateway;
    session_actor inner;
  };
  std::map<link_id, open_session> sessions;
};

/// Makes a gateway and a session for each link and hands the link to CAF; ends
/// them with it, and closes it when one of them ends. `relay` is asked through
/// a pointer that is set before the first link comes.
door_actor::behavior_type
door(door_actor::stateful_pointer<door_state> self,
     std::shared_ptr<const session_services> services,
     std::shared_ptr<std::weak_ptr<link_relay>> relay);

} // namespace trivium::actors

#define TRIVIUM_DOOR_TYPES(apply)                                              \
  apply(trivium::actors::link_opened) apply(trivium::actors::link_closed)

TRIVIUM_DOOR_TYPES(TRIVIUM_LOCAL_TYPE)
#define TRIVIUM_DOOR_TYPE_ID(type) CAF_ADD_TYPE_ID(trivium_door, (type))
CAF_BEGIN_TYPE_ID_BLOCK(trivium_door, caf::id_block::trivium_steps::end)
TRIVIUM_DOOR_TYPES(TRIVIUM_DOOR_TYPE_ID)
CAF_END_TYPE_ID_BLOCK(trivium_door)

#pragma once

#include "actors/gateway/link_relay.hpp"
#include "actors/gateway/session.hpp"
#include "messages/values/backup.hpp"

#include <caf/stateful_actor.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

namespace trivium::actors {

/// Closed with its last owner, unless somebody has taken it.
class passed_descriptor {
public:
  explicit passed_descriptor(int fd) : fd_(fd) {}
  ~passed_descriptor();
  passed_descriptor(const passed_descriptor&) = delete;
  passed_descriptor& operator=(const passed_descriptor&) = delete;
  [[nodiscard]] int take() { return std::exchange(fd_, -1); }

private:
  int fd_;
};

/// Told by the relay's thread, through messages, which may get lost.
struct link_opened {
  link_id link = 0;
  std::shared_ptr<passed_descriptor> inner;
  link_peer peer;
};
struct link_closed {
  link_id link = 0;
  std::string why;
};

/// Work for a desk of a door.
struct desk_task {
  std::function<void(caf::event_based_actor*)> run;
};

using door_actor =
  caf::typed_actor<caf::reacts_to<link_opened>, caf::reacts_to<link_closed>>;

struct door_state {
  static inline constexpr const char* name = "door";
  struct open_session {
    gateway_actor gateway;
    session_actor inner;
    link_peer peer{};
  };
  std::map<link_id, open_session> sessions;
  std::shared_ptr<std::weak_ptr<link_relay>> relay;

  door_state() = default; // no aggregate: CAF would fill it
  /// However the door ends: nobody else knows of its sessions.
  ~door_state();
};

/// "local:NAME" of this process's user or root, else the number. Asks the
/// system's user database once, at the first call, which may take its time.
[[nodiscard]] std::string subject_of(uid_t uid);

/// Makes a gateway and a session for each link and hands the link to CAF; ends
/// them with it, and closes it when one of them ends. `relay` is asked through
/// a pointer that is set before the first link comes.
door_actor::behavior_type
door(door_actor::stateful_pointer<door_state> self,
     std::shared_ptr<const session_services> services,
     std::shared_ptr<std::weak_ptr<link_relay>> relay);

} // namespace trivium::actors

#define TRIVIUM_DOOR_TYPES(apply)                                              \
  apply(trivium::actors::link_opened) apply(trivium::actors::link_closed)      \
    apply(trivium::actors::desk_task) apply(trivium::backup_summary)

TRIVIUM_DOOR_TYPES(TRIVIUM_LOCAL_TYPE)
#define TRIVIUM_DOOR_TYPE_ID(type) CAF_ADD_TYPE_ID(trivium_door, (type))
CAF_BEGIN_TYPE_ID_BLOCK(trivium_door, caf::id_block::trivium_steps::end)
TRIVIUM_DOOR_TYPES(TRIVIUM_DOOR_TYPE_ID)
CAF_END_TYPE_ID_BLOCK(trivium_door)

#include "actors/gateway/door.hpp"

#include "actors/observability/actor_directory.hpp"
#include "actors/observability/enlist.hpp"
#include "actors/observability/log.hpp"
#include "actors/transport/basp_link.hpp"

#include <caf/binary_serializer.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <pwd.h>
#include <unistd.h>
#include <vector>

namespace trivium::actors {

namespace {

using pointer = door_actor::stateful_pointer<door_state>;
using shared_relay = std::shared_ptr<std::weak_ptr<link_relay>>;

std::string name_of(uid_t uid) {
  std::vector<char> buffer(16'384);
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found) == 0
      && found != nullptr)
    return found->pw_name;
  return std::to_string(uid);
}

/// A node id as it stands in BASP's frames.
std::string written(const caf::node_id& node) {
  std::vector<char> bytes;
  caf::binary_serializer sink{nullptr, bytes};
  return sink(node) ? std::string{} : std::string{bytes.begin(), bytes.end()};
}

void end_session(const door_state::open_session& gone) {
  caf::anon_send_exit(gone.gateway, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(gone.inner, caf::exit_reason::user_shutdown);
}

void open_session(pointer self,
                  const std::shared_ptr<const session_services>& services,
                  const shared_relay& relay, const link_opened& link) {
  const auto listening = relay->lock();
  if (!listening)
    return; // the node stops
  const session_peer peer{subject_of(link.peer.uid), link.peer.pid};
  const auto inner = self->spawn<caf::monitored>(session, services, peer);
  const auto outer = self->spawn<caf::monitored>(gateway, inner);
  auto& directory = directory_of(self->system());
  const auto name = "client " + std::to_string(link.peer.pid);
  directory.adopt(outer, self->id(), name);
  directory.adopt(inner, outer.id());
  self->state.sessions.emplace(
    link.link, door_state::open_session{outer, inner, link.peer});
  listening->permit(link.link, outer.id(), written(self->node()));
  offer(self->system(), link.inner->take(), outer);
}

} // namespace

std::string subject_of(uid_t uid) {
  static const auto own_uid = ::geteuid();
  static const auto own = name_of(own_uid);
  static const auto root = name_of(0);
  return "local:"
         + (uid == own_uid ? own
            : uid == 0     ? root
                           : std::to_string(uid));
}

passed_descriptor::~passed_descriptor() {
  if (fd_ >= 0)
    ::close(fd_);
}

door_state::~door_state() {
  const auto listening = relay ? relay->lock() : nullptr;
  for (const auto& [link, open] : sessions) {
    end_session(open);
    if (listening)
      listening->close(link, "the door ended");
  }
}

door_actor::behavior_type door(pointer self,
                               std::shared_ptr<const session_services> services,
                               shared_relay relay) {
  enlist(self);
  self->state.relay = relay;
  self->set_down_handler([=](const caf::down_msg& gone) {
    auto& sessions = self->state.sessions;
    const auto found =
      std::find_if(sessions.begin(), sessions.end(), [&](const auto& entry) {
        return entry.second.gateway.address() == gone.source
               || entry.second.inner.address() == gone.source;
      });
    if (found == sessions.end())
      return;
    end_session(found->second);
    if (const auto listening = relay->lock())
      listening->close(found->first, "its session ended");
    sessions.erase(found);
  });
  return {
    [=](const link_opened& link) { open_session(self, services, relay, link); },
    [=](const link_closed& link) {
      const auto gone = self->state.sessions.extract(link.link);
      if (gone.empty())
        return;
      log_info(
        envelope{}, "client left",
        {{"why", link.why}, {"pid", std::to_string(gone.mapped().peer.pid)}});
      end_session(gone.mapped());
    },
  };
}

} // namespace trivium::actors

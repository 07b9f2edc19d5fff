#include "actors/registry/registry.hpp"

#include "actors/observability/actor_directory.hpp"
#include "actors/observability/enlist.hpp"
#include "actors/registry/model.hpp"
#include "messages/interfaces/errors.hpp"

#include <caf/typed_event_based_actor.hpp>

namespace trivium::actors {

namespace {

using pointer = registry_actor::stateful_pointer<registry_state>;

/// Nobody waits for an idle one: a command takes far less than `idle`.
void end_idle(pointer self, std::chrono::milliseconds idle) {
  const auto now = self->clock().now();
  std::erase_if(self->state.active, [&](const auto& entry) {
    const auto is_idle = now - entry.second.used >= idle;
    if (is_idle)
      self->send_exit(entry.second.actor, caf::exit_reason::user_shutdown);
    return is_idle;
  });
}

/// Ticks while there is somebody to end.
void keep_ticking(pointer self, std::chrono::milliseconds idle) {
  auto& state = self->state;
  if (state.is_ticking || state.active.empty())
    return;
  state.is_ticking = true;
  self->delayed_send(self, idle / 2, op::tick_v);
}

} // namespace

registry_actor::behavior_type registry(pointer self,
                                       metadata_reader_actor reader,
                                       metadata_writer_actor writer,
                                       event_bus_actor events,
                                       std::chrono::milliseconds idle) {
  enlist(self);
  self->set_down_handler([self](const caf::down_msg& gone) {
    std::erase_if(self->state.active, [&](const auto& entry) {
      return entry.second.actor.address() == gone.source;
    });
  });
  self->set_exit_handler([self](const caf::exit_msg& message) {
    for (const auto& [ref, active] : self->state.active)
      self->send_exit(active.actor, message.reason);
    self->quit(message.reason);
  });
  const auto of = [=](const model_ref& ref) {
    auto& active = self->state.active;
    const auto now = self->clock().now();
    if (const auto found = active.find(ref); found != active.end()) {
      found->second.used = now;
      return found->second.actor;
    }
    auto actor =
      self->spawn<caf::monitored>(model, ref, reader, writer, events);
    directory_of(self->system())
      .adopt(actor, self->id(), "model " + to_string(ref));
    active.emplace(ref, registry_state::active_model{actor, now});
    keep_ticking(self, idle);
    return actor;
  };
  return {
    [=](op::tick) {
      self->state.is_ticking = false;
      end_idle(self, idle);
      keep_ticking(self, idle);
    },
    [=](const envelope& from, const register_version& command) {
      return self->delegate(of(command.version.model), from, command);
    },
    [=](const envelope& from, const begin_variant& command) {
      return self->delegate(of(command.variant.model), from, command);
    },
    [=](const envelope& from, const change_variant& command) {
      return self->delegate(of(command.variant.model), from, command);
    },
    [=](const envelope& from, const promote& command) {
      return self->delegate(of(command.model), from, command);
    },
    [=](const envelope& from, const resolve_alias& wanted) {
      return self->delegate(of(wanted.alias.model), from, wanted);
    },
    [=](const envelope& from, const get_version& wanted) {
      return self->delegate(of(wanted.model), from, wanted);
    },
    [=](const envelope& from, const get_variant& wanted) {
      return self->delegate(of(wanted.model), from, wanted);
    },
  };
}

} // namespace trivium::actors

#include "actors/registry/registry.hpp"

#include "actors/observability/actor_directory.hpp"
#include "actors/observability/enlist.hpp"
#include "actors/registry/model.hpp"
#include "messages/interfaces/errors.hpp"

#include <caf/typed_event_based_actor.hpp>

namespace trivium::actors {

namespace {

using pointer = registry_actor::stateful_pointer<registry_state>;

void forget(registry_state& state, const model_ref& ref) {
  const auto found = state.active.find(ref);
  if (found == state.active.end())
    return;
  state.names.erase(found->second.actor.address());
  state.by_use.erase(found->second.place);
  state.active.erase(found);
}

/// What it has begun it ends: the exit waits behind a commit, and, not urgent
/// as send_exit's would be, behind the commands that it was given.
void end_oldest(pointer self) {
  const auto oldest = self->state.by_use.back();
  const auto& actor = self->state.active.at(oldest).actor;
  caf::actor_cast<caf::actor>(actor)->enqueue(
    nullptr, caf::make_message_id(),
    caf::make_message(
      caf::exit_msg{self->address(), caf::exit_reason::user_shutdown}),
    self->context());
  forget(self->state, oldest);
}

void end_idle(pointer self, std::chrono::milliseconds idle) {
  auto& state = self->state;
  const auto now = self->clock().now();
  while (!state.by_use.empty()
         && now - state.active.at(state.by_use.back()).used >= idle)
    end_oldest(self);
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

registry_actor::behavior_type
registry(pointer self, std::shared_ptr<const storage::metadata_store> store,
         metadata_writer_actor writer, activity_limits limits) {
  enlist(self);
  self->set_down_handler([self](const caf::down_msg& gone) {
    auto& names = self->state.names;
    if (const auto found = names.find(gone.source); found != names.end())
      forget(self->state, model_ref{found->second});
  });
  self->set_exit_handler([self](const caf::exit_msg& message) {
    for (const auto& [ref, active] : self->state.active)
      self->send_exit(active.actor, message.reason);
    self->quit(message.reason);
  });
  const auto of = [=](const model_ref& ref) {
    auto& state = self->state;
    const auto now = self->clock().now();
    if (const auto found = state.active.find(ref);
        found != state.active.end()) {
      auto& active = found->second;
      active.used = now;
      state.by_use.splice(state.by_use.begin(), state.by_use, active.place);
      return active.actor;
    }
    while (state.active.size() >= limits.models)
      end_oldest(self);
    auto actor = self->spawn<caf::monitored>(model, ref, store, writer);
    directory_of(self->system())
      .adopt(actor, self->id(), "model " + to_string(ref));
    state.by_use.push_front(ref);
    state.names.emplace(actor.address(), ref);
    state.active.emplace(
      ref, registry_state::active_model{actor, now, state.by_use.begin()});
    keep_ticking(self, limits.idle);
    return actor;
  };
  return {
    [=](op::tick) {
      self->state.is_ticking = false;
      end_idle(self, limits.idle);
      keep_ticking(self, limits.idle);
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
    [=](const envelope& from, const delete_model& command) {
      return self->delegate(of(command.model), from, command);
    },
    [=](const envelope& from, const delete_alias& command) {
      return self->delegate(of(command.alias.model), from, command);
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

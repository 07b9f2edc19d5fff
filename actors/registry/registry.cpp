#include "actors/registry/registry.hpp"

#include "actors/observability/exceptions.hpp"
#include "actors/registry/model.hpp"
#include "messages/interfaces/errors.hpp"

#include <caf/typed_event_based_actor.hpp>

namespace trivium::actors {

registry_actor::behavior_type
registry(registry_actor::stateful_pointer<registry_state> self,
         metadata_reader_actor reader, metadata_writer_actor writer,
         event_bus_actor events) {
  explain_exceptions(self);
  self->set_down_handler([self](const caf::down_msg& gone) {
    std::erase_if(self->state.active, [&](const auto& entry) {
      return entry.second.address() == gone.source;
    });
  });
  self->set_exit_handler([self](const caf::exit_msg& message) {
    for (const auto& [ref, actor] : self->state.active)
      self->send_exit(actor, message.reason);
    self->quit(message.reason);
  });
  const auto of = [=](const model_ref& ref) {
    auto& active = self->state.active;
    if (const auto found = active.find(ref); found != active.end())
      return found->second;
    auto actor =
      self->spawn<caf::monitored>(model, ref, reader, writer, events);
    active.emplace(ref, actor);
    return actor;
  };
  return {
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
    [=](const envelope& from, const get_variant& wanted) {
      return self->delegate(of(wanted.model), from, wanted);
    },
  };
}

} // namespace trivium::actors

#include "actors/events/event_bus.hpp"

#include "actors/observability/enlist.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <algorithm>

namespace trivium::actors {

event_bus_actor::behavior_type
event_bus(event_bus_actor::stateful_pointer<event_bus_state> self) {
  enlist(self);
  self->set_down_handler([self](const caf::down_msg& gone) {
    auto& listeners = self->state.listeners;
    listeners.erase(std::remove_if(listeners.begin(), listeners.end(),
                                   [&](const auto& listener) {
                                     return listener.address() == gone.source;
                                   }),
                    listeners.end());
  });
  return {
    [self](revision head) {
      for (const auto& listener : self->state.listeners)
        self->send(listener, head);
    },
    [self](const envelope&, const event_listener_actor& listener) {
      if (!listener)
        return;
      auto& listeners = self->state.listeners;
      if (std::find(listeners.begin(), listeners.end(), listener)
          != listeners.end())
        return; // asked again after a restart that was none of ours
      self->monitor(listener);
      listeners.push_back(listener);
    },
  };
}

} // namespace trivium::actors

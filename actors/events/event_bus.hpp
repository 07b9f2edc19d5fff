#pragma once

#include "messages/interfaces/actors.hpp"

#include <caf/stateful_actor.hpp>

#include <vector>

namespace trivium::actors {

struct event_bus_state {
  static inline constexpr const char* name = "event_bus";
  std::vector<event_listener_actor> listeners;
};

event_bus_actor::behavior_type
event_bus(event_bus_actor::stateful_pointer<event_bus_state> self);

} // namespace trivium::actors

#pragma once

#include "actors/observability/enlist.hpp"
#include "messages/interfaces/type_ids.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include <chrono>

namespace trivium::actors {

/// Sends `whom` a tick now and then. To be spawned pooled and linked: a
/// detached actor with a time-out of its own cannot be let go before that is
/// over.
template <class Handle>
caf::behavior ticker(caf::event_based_actor* self, Handle whom,
                     std::chrono::seconds every) {
  enlist(self);
  caf::anon_send(self, op::tick_v);
  return {[=](op::tick) {
    self->send(whom, op::tick_v);
    self->delayed_send(self, every, op::tick_v);
  }};
}

} // namespace trivium::actors

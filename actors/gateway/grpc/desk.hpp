#pragma once

#include "actors/gateway/door.hpp"
#include "actors/time_limits.hpp"
#include "messages/interfaces/actors.hpp"
#include "messages/interfaces/errors.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include <functional>
#include <utility>

namespace trivium::actors {

/// Runs what a network door cannot do on its own threads: to ask actors (a
/// pooled desk), or to read from the disk (a detached one).
caf::behavior desk(caf::event_based_actor* self);

/// Asks an actor on behalf of a call, through a pooled desk; `next` gets the
/// answer on the desk's thread. A change that is not confirmed in time is told
/// as outcome_unknown.
template <class Answer, class Handle, class Command>
void ask_through(const caf::actor& desk, const Handle& whom,
                 const envelope& from, Command command,
                 std::function<void(expected<Answer>)> next) {
  caf::anon_send(
    desk,
    desk_task{[=, command = std::move(command)](caf::event_based_actor* self) {
      self->request(whom, command_limit, from, command)
        .then([next](Answer& answer) { next(std::move(answer)); },
              [next](const caf::error& e) {
                auto reason = from_caf(e);
                if (reason.code == ec::deadline_exceeded)
                  reason = {ec::outcome_unknown,
                            "not confirmed in time: it may have been done"};
                next(fail(reason));
              });
    }});
}

} // namespace trivium::actors

#pragma once

#include "messages/interfaces/wire.hpp"
#include "messages/values/ec.hpp"

#include <caf/actor_system.hpp>
#include <caf/io/fwd.hpp>

#include <cstdint>
#include <functional>

/// CAF's BASP over descriptors of ours: no port listens, nothing that CAF
/// parses has not been looked at. For CAF 0.17.6 exactly, whose broker is an
/// actor that takes connected sockets.
namespace trivium::actors {

/// Node's side: the client at the other end of `fd` gets BASP's handshake for
/// `gateway`. Owns `fd`. Called on any thread.
void offer(caf::actor_system& system, int fd, const gateway_actor& gateway);

/// Client's side: asks, on behalf of `self`, for the actor that the node at the
/// other end of `fd` offers. Owns `fd`. The answer comes within `limit`.
void attach(caf::event_based_actor* self, int fd, caf::timespan limit,
            std::function<void(gateway_actor)> found,
            std::function<void(error)> failed);

/// Takes away what CAF offers to every connected peer: spawning by name and
/// looking actors up.
void close_side_doors(caf::actor_system& system);

} // namespace trivium::actors

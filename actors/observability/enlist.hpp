#pragma once

#include "messages/values/ec.hpp"

#include <caf/fwd.hpp>

#include <exception>

namespace trivium::actors {

/// What a library threw: resource_exhausted for want of memory or threads, else
/// internal.
[[nodiscard]] error error_of(const std::exception_ptr& thrown);

/// What every actor of a node does first. It stands in the actor_directory
/// until it ends and tells it how many messages wait. What a library throws
/// inside it ends it, and who asked gets an error that says what it was, unless
/// a promise was made already: then his time-out tells him (by itself CAF
/// prints to standard output, where reports go, and tells the asker no more
/// than that something was thrown). A message that it does not know is dropped,
/// a request answered with an error: CAF would print it.
void enlist(caf::scheduled_actor* self);

} // namespace trivium::actors

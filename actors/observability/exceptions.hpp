#pragma once

#include "messages/values/ec.hpp"

#include <caf/fwd.hpp>

#include <exception>

namespace trivium::actors {

/// What a library threw: resource_exhausted for want of memory or threads, else
/// internal.
[[nodiscard]] error error_of(const std::exception_ptr& thrown);

/// What a library throws inside `self` ends it, and who asked gets an error
/// that says what it was. (By itself CAF prints to standard output, where
/// reports go, and tells the asker no more than that something was thrown.)
void explain_exceptions(caf::scheduled_actor* self);

} // namespace trivium::actors

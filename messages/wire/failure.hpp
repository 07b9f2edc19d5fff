#pragma once

#include "messages/values/ec.hpp"

#include "trivium/v1/control.pb.h"

namespace trivium {

[[nodiscard]] v1::Failure to_wire(const error& failure);

/// A code that this build does not know, and 0, which is none, become
/// `internal`; the text is kept.
[[nodiscard]] error from_wire(const v1::Failure& wire);

} // namespace trivium

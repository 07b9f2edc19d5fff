#pragma once

#include "messages/values/ec.hpp"
#include "messages/values/verification.hpp"

#include "trivium/v1/records.pb.h"

namespace trivium {

[[nodiscard]] v1::OutputFigures to_wire(const output_figures& figures);
[[nodiscard]] expected<output_figures> from_wire(const v1::OutputFigures& wire);

/// Of more than 16 reasons the first 15 and how many there are.
[[nodiscard]] v1::Verification to_wire(const verification& checked);
/// Part of a record. Errors: data_loss, unsupported.
[[nodiscard]] expected<verification> from_wire(const v1::Verification& wire);

} // namespace trivium

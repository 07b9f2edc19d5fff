#pragma once

#include "messages/values/control.hpp"

#include "trivium/v1/control.pb.h"

namespace trivium {

[[nodiscard]] v1::JobStatus to_wire(const job_status& status);
[[nodiscard]] v1::JobDetails to_wire(const job_details& details);

/// A stage that this build does not know is shown as the first. Errors: those
/// of its record.
[[nodiscard]] expected<job_status> from_wire(const v1::JobStatus& wire);
/// Errors: those of its parts.
[[nodiscard]] expected<job_details> from_wire(const v1::JobDetails& wire);

} // namespace trivium

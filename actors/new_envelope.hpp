#pragma once

#include "messages/values/envelope.hpp"

#include <string>

namespace trivium::actors {

/// Ids that no other has.
[[nodiscard]] trace_context new_trace();

/// A fresh trace for a request of `subject`.
[[nodiscard]] envelope new_envelope(std::string tenant, std::string subject);

} // namespace trivium::actors

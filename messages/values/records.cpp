#include "messages/values/records.hpp"

#include <array>

namespace trivium {

std::string_view to_string(job_state state) {
  constexpr std::array<std::string_view, 6> names{
    "running", "done", "failed", "interrupted", "cancelled", "parked"};
  return names.at(static_cast<size_t>(state));
}

std::string_view to_string(event_kind kind) {
  constexpr std::array<std::string_view, 10> names{
    "version_registered", "variant_changed", "alias_moved",
    "gate_missed",        "job_ended",       "registration_expired",
    "alias_deleted",      "version_deleted", "artifact_read",
    "artifact_refused"};
  return names.at(static_cast<size_t>(kind));
}

} // namespace trivium

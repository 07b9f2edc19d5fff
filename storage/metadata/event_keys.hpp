#pragma once

#include "messages/values/transaction.hpp"

#include <string_view>

namespace trivium::storage {

/// Events are read in the order of the log and would fill the memory with the
/// past: no image holds them, their changes do.
[[nodiscard]] bool is_event(std::string_view key);

/// True where keys of both kinds, or of events alone, begin with `prefix`.
[[nodiscard]] bool may_hold_events(std::string_view prefix);

/// The revision that an event's key names; 0 for what is no event's key.
[[nodiscard]] revision revision_of_event(std::string_view key);

/// The first revision up to `last` whose event's key is not below `key`; else
/// the one after `last`.
[[nodiscard]] revision first_event_from(std::string_view key, revision last);

} // namespace trivium::storage

#pragma once

#include "messages/values/registrations.hpp"
#include "tools/trivium/repl/screen.hpp"

#include <string>
#include <vector>

/// What a person reads about registrations, leases and events.
namespace trivium::tools::repl {

[[nodiscard]] std::string
registrations_text(const std::vector<registered_version>& found,
                   const screen& on);

/// A lease and what it holds, as lists of registrations show it.
struct held_lease {
  lease_id id = 0;
  int64_t ttl_seconds = 0;
  std::chrono::milliseconds remaining{0};
  std::vector<model_ref> models{};
};

/// Of what is listed, by id.
[[nodiscard]] std::vector<held_lease>
leases_of(const std::vector<registered_version>& found);

[[nodiscard]] std::string leases_text(const std::vector<held_lease>& leases,
                                      const screen& on);

/// What an alias points at, who moved it, when and why.
[[nodiscard]] std::string alias_text(const registered_version& found,
                                     const screen& on);

/// A line.
[[nodiscard]] std::string event_text(const event_record& event,
                                     const screen& on);

} // namespace trivium::tools::repl

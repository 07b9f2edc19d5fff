#pragma once

#include "messages/values/control.hpp"
#include "tools/trivium/repl/screen.hpp"

#include <string>
#include <vector>

namespace trivium::tools::repl {

/// The node, its lanes, what runs.
[[nodiscard]] std::string status_text(const node_status& node,
                                      const screen& on);

/// One picture of `top`: as many lines as the screen has, at most, none wider
/// than it is. `load`: cores in use since the last picture; negative: unknown.
[[nodiscard]] std::string top_text(const node_status& node, double load,
                                   const screen& on);

/// The actors as a tree.
[[nodiscard]] std::string actors_text(const std::vector<actor_status>& actors,
                                      const screen& on);

[[nodiscard]] std::string
devices_text(const std::vector<device_status>& devices, const screen& on);

} // namespace trivium::tools::repl

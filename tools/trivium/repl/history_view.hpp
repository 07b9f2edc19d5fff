#pragma once

#include "messages/values/control.hpp"
#include "tools/trivium/repl/screen.hpp"

#include <string>
#include <vector>

namespace trivium::tools::repl {

/// Who moved what, when and why; oldest first.
[[nodiscard]] std::string history_text(const history_list& list,
                                       const screen& on);

/// Where artifacts came from, as a tree: what was brought in, below it what
/// was made from it.
[[nodiscard]] std::string lineage_text(const std::vector<lineage_entry>& found,
                                       const screen& on);

} // namespace trivium::tools::repl

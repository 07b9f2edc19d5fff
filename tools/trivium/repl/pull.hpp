#pragma once

#include "tools/trivium/repl/session.hpp"

#include <filesystem>

namespace trivium::tools::repl {

/// Brings what an alias names into a folder of versions and switches to it, as
/// `trivium pull` does: on a connection of its own, with a bar that shows the
/// copying. Ctrl-C stops it. Errors: those of actors::pull_once.
[[nodiscard]] expected<pulled> pull(session& s, const alias_ref& alias,
                                    const std::filesystem::path& folder);

} // namespace trivium::tools::repl

#pragma once

#include <string>
#include <vector>

namespace trivium::tools::repl {

/// A path as a node on this host needs it, which works in another folder:
/// absolute. An empty one stays empty.
[[nodiscard]] std::string node_path(const std::string& path);

/// Paths that begin with `start` as it is written; folders end in '/', hidden
/// ones are found where `start` names the dot. At most 1,000.
[[nodiscard]] std::vector<std::string> paths_from(const std::string& start);

} // namespace trivium::tools::repl

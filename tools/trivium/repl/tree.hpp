#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace trivium::tools::repl {

/// A node of a tree as it is told: who it is and below whom it stands.
struct tree_node {
  uint64_t id = 0;
  uint64_t parent = 0; ///< One that is not among the nodes: a root.
};

/// Where a node is drawn.
struct tree_row {
  size_t index = 0;   ///< Into the nodes.
  std::string branch; ///< "│  ├─ ", empty for a root.
};

/// The nodes in the order of their drawing, children below their parents in the
/// order they came. Each is drawn once: what stands below itself becomes a
/// root.
[[nodiscard]] std::vector<tree_row> tree_rows(std::span<const tree_node> nodes);

} // namespace trivium::tools::repl

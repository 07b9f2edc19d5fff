#include "tools/trivium/repl/tree.hpp"

#include <unordered_map>
#include <unordered_set>

namespace trivium::tools::repl {

namespace {

/// Draws depth first; the stack is its own, so that a long chain costs memory
/// and no stack frames.
class drawing {
public:
  explicit drawing(std::span<const tree_node> nodes)
    : nodes_(nodes), is_drawn_(nodes.size(), false) {
    for (const auto& node : nodes)
      known_.insert(node.id);
    for (size_t i = 0; i < nodes.size(); ++i)
      if (!is_root(nodes[i]))
        children_[nodes[i].parent].push_back(i);
  }

  std::vector<tree_row> rows() {
    for (size_t i = 0; i < nodes_.size(); ++i)
      if (is_root(nodes_[i]))
        draw_from(i);
    for (size_t i = 0; i < nodes_.size(); ++i) // circles have no root
      draw_from(i);
    return std::move(rows_);
  }

private:
  struct pending {
    size_t index;
    std::string branch; ///< Of the node.
    std::string below;  ///< What its children's branches begin with.
  };

  [[nodiscard]] bool is_root(const tree_node& node) const {
    return node.parent == node.id || !known_.contains(node.parent);
  }

  void draw_from(size_t root) {
    std::vector<pending> stack{{root, "", ""}};
    while (!stack.empty()) {
      auto next = std::move(stack.back());
      stack.pop_back();
      if (is_drawn_[next.index])
        continue;
      is_drawn_[next.index] = true;
      rows_.push_back({next.index, next.branch});
      const auto found = children_.find(nodes_[next.index].id);
      if (found == children_.end())
        continue;
      const auto& children = found->second;
      for (size_t k = children.size(); k-- > 0;) {
        const auto is_last = k + 1 == children.size();
        stack.push_back({children[k], next.below + (is_last ? "└─ " : "├─ "),
                         next.below + (is_last ? "   " : "│  ")});
      }
    }
  }

  std::span<const tree_node> nodes_;
  std::vector<bool> is_drawn_;
  std::unordered_set<uint64_t> known_;
  std::unordered_map<uint64_t, std::vector<size_t>> children_;
  std::vector<tree_row> rows_;
};

} // namespace

std::vector<tree_row> tree_rows(std::span<const tree_node> nodes) {
  return drawing{nodes}.rows();
}

} // namespace trivium::tools::repl

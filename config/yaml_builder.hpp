#pragma once

#include "config/yaml_node.hpp"

#include <set>

namespace trivium::config {

/// Makes a tree of yaml_nodes from the events of a parser, and ends at the
/// first thing that a configuration may not hold by throwing `refusal`, which
/// parse_yaml catches: yaml-cpp offers no other way out of a parse.
class yaml_builder {
public:
  struct refusal {
    error why;
  };

  explicit yaml_builder(std::string_view origin);

  void scalar(size_t line, size_t column, std::string_view text,
              bool is_quoted);
  void null(size_t line, size_t column);
  void open(size_t line, size_t column, yaml_node::kind kind);
  void close();

  [[noreturn]] void refuse(size_t line, size_t column, std::string_view text);

  /// The finished tree; the builder is empty then. @pre a node was closed.
  [[nodiscard]] yaml_node take() { return std::move(root_); }
  [[nodiscard]] bool has_root() const { return has_root_; }

private:
  /// A list or map that is still being read.
  struct frame {
    yaml_node node;
    std::set<std::string> keys;
    bool has_key = false; ///< The last member waits for its value.
  };

  [[nodiscard]] yaml_node make(size_t line, size_t column,
                               yaml_node::kind kind);
  void add(yaml_node node);
  void add_key(frame& map, yaml_node node);

  std::shared_ptr<const std::string> origin_;
  std::vector<frame> open_;
  yaml_node root_;
  size_t nodes_ = 0;
  bool has_root_ = false;
};

} // namespace trivium::config

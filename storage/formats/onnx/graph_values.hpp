#pragma once

#include "messages/values/ec.hpp"
#include "storage/formats/onnx/onnx_proto.hpp"

#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

namespace trivium::storage::onnx_io {

/// An input slot of a node.
struct value_reader {
  const ::onnx::NodeProto* node = nullptr;
  int input = 0;
  size_t result = SIZE_MAX; ///< The value that is the node's first output.
  size_t top_level = 0;     ///< The main graph's node that it is or is inside.
};

struct graph_value {
  std::vector<value_reader> readers;
  bool is_output = false;   ///< Of the main graph or of a subgraph.
  size_t writer = SIZE_MAX; ///< The main graph's node that gives it.
};

/// The values of a graph and of the subgraphs inside it, each with who reads
/// it, by the scoping rules of the ONNX IR ("Names Within a Graph").
class graph_values {
public:
  static constexpr size_t none = SIZE_MAX;

  /// Points into `graph`. Errors: invalid_argument when a name of the main
  /// graph is defined twice or too long, or its nodes form a cycle.
  [[nodiscard]] static expected<graph_values>
  make(const ::onnx::GraphProto& graph);

  /// The main graph's value of that name, or none.
  [[nodiscard]] size_t find(const std::string& name) const {
    return main_.find(name);
  }

  [[nodiscard]] const graph_value& at(size_t value) const {
    return values_[value];
  }

private:
  struct scope {
    const scope* outer = nullptr;
    std::unordered_map<std::string, size_t> values;

    [[nodiscard]] size_t find(const std::string& name) const;
  };

  void add(const ::onnx::GraphProto& graph, scope& here, size_t top_level);
  void add_reader(const ::onnx::NodeProto& node, const scope& here,
                  size_t top_level);
  void add_inner(const ::onnx::GraphProto& graph, const scope& outer,
                 size_t top_level);
  size_t define(scope& in, const std::string& name);
  [[nodiscard]] expected<void>
  refuse_cycles(const ::onnx::GraphProto& graph) const;

  scope main_;
  std::vector<graph_value> values_;
};

} // namespace trivium::storage::onnx_io

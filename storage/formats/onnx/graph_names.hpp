#pragma once

#include "storage/formats/onnx/onnx_proto.hpp"

#include <string>
#include <unordered_set>

namespace trivium::storage::onnx_io {

/// Every name in a graph and in the graphs inside it.
class graph_names {
public:
  explicit graph_names(const ::onnx::GraphProto& graph) { add(graph); }

  /// `wanted`, or with the first of "_2", "_3", … that makes it unused; from
  /// then on it is used.
  [[nodiscard]] std::string make(const std::string& wanted);

private:
  void add(const ::onnx::GraphProto& graph);

  std::unordered_set<std::string> used_;
};

} // namespace trivium::storage::onnx_io
